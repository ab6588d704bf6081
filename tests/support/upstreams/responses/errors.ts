import type { JsonObject } from "../../json.ts";
import type { Fault } from "../scripts.ts";
import { type Flaw, pathText } from "../shapes.ts";
import type { Call, Reply } from "../stand_in.ts";
import { idFor, jsonReply } from "../wire.ts";

/** What OpenAI answers in place of a response. */
export interface Refusal {
  readonly status: number;
  readonly message: string;
  readonly param: string | null;
  readonly code: string | null;
}

/** The headers that OpenAI puts on every answer. */
export function standardHeaders(call: Call): Record<string, string> {
  return {
    "x-request-id": idFor(call, "req_", 32),
    "openai-processing-ms": "412",
    "openai-version": "2020-10-01",
    "openai-organization": "org-standin",
    "x-ratelimit-limit-requests": "10000",
    "x-ratelimit-remaining-requests": "9999",
    "x-ratelimit-reset-requests": "6ms",
    "cf-ray": "9a1b2c3d4e5f6071-FRA",
    "strict-transport-security": "max-age=31536000; includeSubDomains; preload",
  };
}

/** A refusal by one of the API's rules. */
export function refusalReply({ status, ...error }: Refusal, call: Call): Reply {
  const body = { error: { ...error, type: "invalid_request_error" } };
  return jsonReply(status, standardHeaders(call), body);
}

/**
 * The error of a status, in the words of OpenAI.
 *
 * See https://platform.openai.com/docs/guides/error-codes.
 */
export function faultReply(fault: Fault, call: Call): Reply {
  const { status, retryAfterS = status === 429 || status === 503 ? 3 : undefined } = fault;
  const headers = {
    ...standardHeaders(call),
    ...(retryAfterS !== undefined && {
      "retry-after": String(retryAfterS),
      "retry-after-ms": String(retryAfterS * 1000),
    }),
  };
  return jsonReply(status, headers, { error: faultError(fault) });
}

/** The error that a body or an event carries. */
export function faultError(fault: Fault): JsonObject & { readonly message: string } {
  const [type, code, message] = known[fault.status] ?? unknownFault;
  return {
    message: fault.message ?? message,
    type,
    param: null,
    code: fault.type ?? code,
  };
}

/** A refusal of a malformed request. */
export function flawRefusal(flaw: Flaw): Refusal {
  const param = pathText(flaw.path, { indexes: "brackets" });
  const [code, message] = words(flaw, param);
  return { status: 400, message, param: param === "" ? null : param, code };
}

function words(flaw: Flaw, param: string): readonly [code: string | null, message: string] {
  const { kind, expected, allowed = [], found } = flaw;
  switch (kind) {
    case "unknown":
      return ["unknown_parameter", `Unknown parameter: '${param}'.`];
    case "missing":
      return ["missing_required_parameter", `Missing required parameter: '${param}'.`];
    case "type": {
      const wanted = typeNames[expected] ?? expected;
      const message = `expected ${wanted}, but got ${typeOf(found)} instead.`;
      return ["invalid_type", `Invalid type for '${param}': ${message}`];
    }
    case "value":
      return [
        "invalid_value",
        `Invalid value: '${found}'. Supported values are: ${listed(allowed)}.`,
      ];
    case "pattern":
      return [
        "invalid_value",
        `Invalid '${param}': string does not match pattern. Expected a string that matches the ` +
        `pattern '${expected}'.`,
      ];
    case "short":
    case "long":
      return lengthWords(flaw, param);
    case "low":
    case "high":
      return limitWords(flaw, param);
    case "union":
    case "rule":
      return ["invalid_value", `Invalid '${param}': ${expected}.`];
  }
}

function lengthWords({ kind, expected, found }: Flaw, param: string) {
  const isList = Array.isArray(found);
  const noun = isList ? "array" : "string";
  const length = isList || typeof found === "string" ? found.length : 0;
  if (kind === "short") {
    const code = length === 0 ? `empty_${noun}` : `${noun}_below_min_length`;
    const got = length === 0 ? `an empty ${noun}` : `${typeNames[noun]} with length ${length}`;
    return [
      code,
      `Invalid '${param}': ${length === 0 ? `empty ${noun}` : `${noun} too short`}. Expected ` +
      `${typeNames[noun]} with minimum length ${expected}, but got ${got} instead.`,
    ] as const;
  }
  return [
    `${noun}_above_max_length`,
    `Invalid '${param}': ${noun} too long. Expected ${typeNames[noun]} with maximum length ` +
    `${expected}, but got ${typeNames[noun]} with length ${length} instead.`,
  ] as const;
}

function limitWords({ kind, expected, found }: Flaw, param: string) {
  const noun = Number.isInteger(found) ? "integer" : "decimal";
  const [side, sign, code] = kind === "low"
    ? ["below minimum", ">=", "below_min"]
    : ["above maximum", "<=", "above_max"];
  return [
    `${noun}_${code}_value`,
    `Invalid '${param}': ${noun} ${side} value. Expected a value ${sign} ${expected}, but got ` +
    `${found} instead.`,
  ] as const;
}

function listed(allowed: readonly string[]): string {
  const names = allowed.map((name) => `'${name}'`);
  if (names.length < 3) return names.join(" and ");
  return `${names.slice(0, -1).join(", ")}, and ${names.at(-1)}`;
}

function typeOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (Number.isInteger(value)) return "an integer";
  return typeNames[typeof value] ?? `a ${typeof value}`;
}

const typeNames: Readonly<Record<string, string>> = {
  string: "a string",
  number: "a decimal number",
  integer: "an integer",
  boolean: "a boolean",
  object: "an object",
  array: "an array",
};

const unknownFault = [
  "server_error",
  "server_error",
  "The server had an error while processing your request. Sorry about that!",
] as const;

type Known = readonly [type: string, code: string | null, message: string];

const known: Readonly<Record<number, Known>> = {
  400: ["invalid_request_error", null, "We could not parse the JSON body of your request."],
  401: ["invalid_request_error", "invalid_api_key", "Incorrect API key provided: sk-****test."],
  403: [
    "request_forbidden",
    "unsupported_country_region_territory",
    "Country, region, or territory not supported",
  ],
  404: [
    "invalid_request_error",
    "model_not_found",
    "The model `gpt-9` does not exist or you do not have access to it.",
  ],
  405: ["invalid_request_error", "method_not_supported", "Not allowed to GET on this endpoint."],
  413: ["invalid_request_error", "request_too_large", "The request body is too large."],
  429: [
    "requests",
    "rate_limit_exceeded",
    "Rate limit reached for gpt-5 on requests per min (RPM): Limit 500, Used 500, Requested 1.",
  ],
  500: unknownFault,
  503: [
    "service_unavailable_error",
    "server_is_overloaded",
    "The server is currently overloaded with other requests. Please try again later.",
  ],
};
