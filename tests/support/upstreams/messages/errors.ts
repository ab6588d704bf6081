import { type Flaw, pathText } from "../shapes.ts";
import type { Fault } from "../scripts.ts";
import type { Call, Frame, Reply } from "../stand_in.ts";
import { googleError } from "../gemini/errors.ts";
import { idFor, jsonReply, sseFrame } from "../wire.ts";

/** Who serves the API. */
export type Flavour = "anthropic" | "vertex";

/** The headers that the provider puts on every answer. */
export function standardHeaders(call: Call, flavour: Flavour): Record<string, string> {
  const id = requestId(call, flavour);
  if (flavour === "vertex") {
    return { "request-id": id, "x-vertex-ai-internal-prediction-backend": "harpoon" };
  }
  return {
    "request-id": id,
    "anthropic-organization-id": "3e2f0a1c-7d5b-4c8e-9a6f-1b2c3d4e5f60",
    "anthropic-ratelimit-requests-limit": "4000",
    "anthropic-ratelimit-requests-remaining": "3999",
    "anthropic-ratelimit-requests-reset": "2025-11-20T12:00:00Z",
    "via": "1.1 google",
    "cf-ray": "9a1b2c3d4e5f6071-FRA",
  };
}

/**
 * The error of a status, in the words of the provider.
 *
 * See https://platform.claude.com/docs/en/api/errors; what Google answers in Anthropic's place
 * has Google's shape.
 */
export function faultReply(fault: Fault, call: Call, flavour: Flavour): Reply {
  const { status, retryAfterS = retryAfterDefaults[status] } = fault;
  if (flavour === "vertex" && googles.has(status)) return googleError(fault, call, flavour);
  const [type, message] = known[status] ?? ["api_error", "Internal server error"];
  const headers = {
    ...standardHeaders(call, flavour),
    ...(retryAfterS !== undefined && { "retry-after": String(retryAfterS) }),
  };
  const error = { type: fault.type ?? type, message: fault.message ?? message };
  const body = { type: "error", error, request_id: requestId(call, flavour) };
  return jsonReply(status, headers, body);
}

/** A refusal of a flawed request. */
export function flawReply(flaw: Flaw, call: Call, flavour: Flavour): Reply {
  return faultReply({ status: 400, message: flawMessage(flaw) }, call, flavour);
}

/** An error in the middle of a stream. */
export function faultFrames(fault: Fault, call: Call, flavour: Flavour): Frame[] {
  const [type, message] = known[fault.status] ?? ["api_error", "Internal server error"];
  const error = { details: null, type: fault.type ?? type, message: fault.message ?? message };
  const data = { type: "error", error, request_id: requestId(call, flavour) };
  return [sseFrame(data, false, "error")];
}

function requestId(call: Call, flavour: Flavour): string {
  return idFor(call, flavour === "vertex" ? "req_vrtx_011C" : "req_011C", 20);
}

function flawMessage(flaw: Flaw): string {
  const place = pathText(flaw.path, { indexes: "dots", tags: true });
  return place === "" ? words(flaw) : `${place}: ${words(flaw)}`;
}

function words({ kind, expected, allowed = [], found }: Flaw): string {
  switch (kind) {
    case "unknown":
      return "Extra inputs are not permitted";
    case "missing":
      return "Field required";
    case "type":
      return `Input should be a valid ${pythonTypes[expected] ?? expected}`;
    case "value":
      return `Input should be ${listed(allowed)}`;
    case "pattern":
      return `String should match pattern '${expected}'`;
    case "short":
      return `Input should have at least ${expected} ${units(found)}`;
    case "long":
      return `Input should have at most ${expected} ${units(found)}`;
    case "low":
      return `Input should be greater than or equal to ${expected}`;
    case "high":
      return `Input should be less than or equal to ${expected}`;
    case "union":
    case "rule":
      return expected;
  }
}

function listed(allowed: readonly string[]): string {
  const names = allowed.map((name) => `'${name}'`);
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
}

function units(found: unknown): string {
  return Array.isArray(found) ? "items" : "characters";
}

const pythonTypes: Readonly<Record<string, string>> = { array: "list", object: "dictionary" };

const googles = new Set([401, 403, 404, 429]);

const retryAfterDefaults: Readonly<Record<number, number>> = { 429: 3, 529: 3 };

const known: Readonly<Record<number, readonly [type: string, message: string]>> = {
  400: ["invalid_request_error", "The request was not understood."],
  401: ["authentication_error", "invalid x-api-key"],
  402: ["billing_error", "Your credit balance is too low to access the Anthropic API."],
  403: [
    "permission_error",
    "Your API key does not have permission to use the specified resource.",
  ],
  404: ["not_found_error", "model: no such model"],
  405: ["invalid_request_error", "Method Not Allowed"],
  413: ["request_too_large", "Request exceeds the maximum size"],
  429: [
    "rate_limit_error",
    "This request would exceed your organization's rate limit of 4,000 requests per minute.",
  ],
  500: ["api_error", "Internal server error"],
  503: ["api_error", "Service temporarily unavailable"],
  504: ["timeout_error", "Request timed out"],
  529: ["overloaded_error", "Overloaded"],
};
