import type { Flaw } from "../shapes.ts";
import type { Call, Reply } from "../stand_in.ts";
import { type Flavour, googleError } from "./errors.ts";
import { googlePath } from "./names.ts";

/** A refusal of a malformed request, in the words of Google's JSON reader. */
export function flawReply(flaw: Flaw, call: Call, flavour: Flavour, body: unknown): Reply {
  const isUnknown = flaw.kind === "unknown";
  const field = googlePath(isUnknown ? flaw.path.slice(0, -1) : flaw.path, body);
  const message = words(flaw, field);
  const details = [{
    "@type": "type.googleapis.com/google.rpc.BadRequest",
    fieldViolations: [{ ...(field !== "" && { field }), description: message }],
  }];
  return googleError({ status: 400, message, details }, call, flavour);
}

function words({ kind, expected, found }: Flaw, field: string): string {
  const value = JSON.stringify(found);
  switch (kind) {
    case "unknown": {
      const place = field === "" ? "" : ` at '${field}'`;
      return `Invalid JSON payload received. Unknown name "${expected}"${place}: Cannot find field.`;
    }
    case "missing":
      return `* GenerateContentRequest.${field}: is required\n`;
    case "union":
      return `Invalid value at '${field}' (oneof), oneof field 'data' is already set. Cannot set ` +
        `'${expected}'`;
    case "pattern":
      return `Invalid value at '${field}' (TYPE_BYTES), Base64 decoding failed for ${value}`;
    case "value":
      return `Invalid value at '${field}' (TYPE_ENUM), ${value}`;
    case "type":
      return expected === "object" || expected === "array"
        ? `Invalid value at '${field}' (type.googleapis.com/google.protobuf.Struct), ${value}`
        : `Invalid value at '${field}' (${protoTypes[expected] ?? "TYPE_STRING"}), ${value}`;
    case "low":
    case "high":
      return `Invalid value at '${field}' (TYPE_INT32), ${value}`;
    case "short":
    case "long":
    case "rule":
      return `Invalid value at '${field}': ${expected}`;
  }
}

const protoTypes: Readonly<Record<string, string>> = {
  string: "TYPE_STRING",
  number: "TYPE_FLOAT",
  integer: "TYPE_INT32",
  boolean: "TYPE_BOOL",
};
