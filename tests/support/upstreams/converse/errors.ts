import type { Fault } from "../scripts.ts";
import { type Flaw, pathText } from "../shapes.ts";
import type { Call, Reply } from "../stand_in.ts";
import { jsonReply, uuidFor } from "../wire.ts";

/** The headers that AWS puts on every answer. */
export function standardHeaders(call: Call): Record<string, string> {
  return { "x-amzn-requestid": uuidFor(call) };
}

/**
 * The error of a status, in the words of AWS.
 *
 * See https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html.
 */
export function faultReply(fault: Fault, call: Call): Reply {
  const { status, retryAfterS = status === 429 || status === 503 ? 3 : undefined } = fault;
  const [type, message] = known[status] ?? internal;
  const name = fault.type ?? type;
  const headers = {
    ...standardHeaders(call),
    "x-amzn-errortype": `${name}:http://internal.amazon.com/coral/com.amazon.bedrock/`,
    ...(retryAfterS !== undefined && { "retry-after": String(retryAfterS) }),
  };
  return jsonReply(status, headers, { message: fault.message ?? message });
}

/** A refusal with the message that AWS has for it. */
export function refusal(message: string, call: Call, type = "ValidationException"): Reply {
  return faultReply({ status: 400, type, message }, call);
}

/** The exception that a stream carries, its name in camel case. */
export function exceptionOf(fault: Fault): { readonly name: string; readonly body: object } {
  const [type, message] = known[fault.status] ?? internal;
  const full = fault.type ?? (inStreams.has(type) ? type : "InternalServerException");
  const name = full === "ModelErrorException" ? "ModelStreamErrorException" : full;
  const original = { originalMessage: "The model broke off.", originalStatusCode: 500 };
  return {
    name: `${name.charAt(0).toLowerCase()}${name.slice(1)}`,
    body: {
      message: fault.message ?? message,
      ...(name === "ModelStreamErrorException" && original),
    },
  };
}

/** A refusal of a malformed request. */
export function flawReply(flaw: Flaw, call: Call): Reply {
  const place = memberPath(flaw);
  const { kind, expected, found, allowed = [] } = flaw;
  const failed = (constraint: string, value = JSON.stringify(found)) =>
    refusal(
      `1 validation error detected: Value ${value} at '${place}' failed to satisfy constraint: ` +
        `Member must ${constraint}`,
      call,
    );
  switch (kind) {
    case "missing":
      return failed("not be null", "null");
    case "value":
      return failed(`satisfy enum value set: [${allowed.join(", ")}]`, `'${found}'`);
    case "pattern":
      return failed(`satisfy regular expression pattern: ${expected}`, `'${found}'`);
    case "short":
      return failed(`have length greater than or equal to ${expected}`);
    case "long":
      return failed(`have length less than or equal to ${expected}`);
    case "low":
      return failed(`have value greater than or equal to ${expected}`);
    case "high":
      return failed(`have value less than or equal to ${expected}`);
    case "unknown":
    case "union":
      return refusal(unionMessage(flaw), call);
    case "type":
      return refusal(
        `The value at ${dotted(flaw)} is not a ${expected}.`,
        call,
        "SerializationException",
      );
    case "rule":
      return refusal(expected, call);
  }
}

function unionMessage(flaw: Flaw): string {
  const place = flaw.kind === "unknown"
    ? dotted({ ...flaw, path: flaw.path.slice(0, -1) })
    : dotted(flaw);
  return `The object at ${place} must set exactly one of the following keys: ` +
    `${(flaw.allowed ?? []).join(", ")}.`;
}

/** AWS counts the elements of lists from one and calls them members. */
function memberPath({ path }: Flaw): string {
  const steps = path.flatMap((step) =>
    typeof step === "object" ? [] : [typeof step === "number" ? `${step + 1}.member` : step]
  );
  return steps.join(".");
}

function dotted({ path }: Flaw): string {
  return pathText(path, { indexes: "dots" });
}

const internal = [
  "InternalServerException",
  "The system encountered an unexpected error during processing. Try your request again.",
] as const;

const inStreams = new Set([
  ...["InternalServerException", "ModelErrorException", "ServiceUnavailableException"],
  ...["ThrottlingException", "ValidationException"],
]);

const known: Readonly<Record<number, readonly [type: string, message: string]>> = {
  400: ["ValidationException", "The provided request is not valid."],
  401: ["UnrecognizedClientException", "The security token included in the request is invalid."],
  403: [
    "AccessDeniedException",
    "You don't have access to the model with the specified model ID.",
  ],
  404: [
    "ResourceNotFoundException",
    "Could not resolve the foundation model from the provided model identifier.",
  ],
  408: ["ModelTimeoutException", "The request took too long to process."],
  413: ["RequestEntityTooLargeException", "Request size exceeded."],
  424: ["ModelErrorException", "The request failed due to an error while processing the model."],
  429: ["ThrottlingException", "Too many requests, please wait before trying again."],
  500: internal,
  503: ["ServiceUnavailableException", "Bedrock is unable to process your request."],
  529: ["ServiceUnavailableException", "Bedrock is unable to process your request."],
};
