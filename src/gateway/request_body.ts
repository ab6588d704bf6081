import { isUtf8 } from "node:buffer";
import type { JsonObject } from "../apis/api.ts";
import { GatewayError } from "../errors.ts";
import { contentCoding, decodeBody, DecodedTooLarge } from "../lib/content_coding.ts";
import { isMapping } from "../lib/mapping.ts";
import { orAborted } from "../lib/or_aborted.ts";
import { BodyTooLarge, declaredLength, readBody } from "../lib/read_body.ts";
import type { Exchange } from "./exchange.ts";

/** A JSON request, as text to be edited and as an object to be read. */
export interface JsonRequest {
  readonly text: string;
  readonly json: JsonObject;
}

/** The body of a request, unfolded, within the configured limit. */
export function readRequestBytes({ subject }: Exchange): Promise<Uint8Array<ArrayBuffer>> {
  return subject.body();
}

/** Reads a body off the client's connection; a policy may want less than the configured limit. */
export async function readRequestBody(
  exchange: Exchange,
  wantedMax: number | undefined,
): Promise<Uint8Array<ArrayBuffer>> {
  const { request, plan, signal } = exchange;
  const coding = contentCoding(request.headers.get("content-encoding"));
  if (coding === null) {
    const named = request.headers.get("content-encoding");
    throw new GatewayError("unsupported-encoding", `unsupported content encoding: ${named}`, {
      code: "unsupported_content_encoding",
    });
  }
  const bytesMax = Math.min(plan.bodyBytesMax, wantedMax ?? Infinity);
  try {
    const reading = readBody(request, declaredLength(request.headers), bytesMax);
    const bytes = await orAborted(reading, signal);
    return coding === "identity" ? bytes : await decodeBody(bytes, coding, bytesMax);
  } catch (cause) {
    if (cause instanceof BodyTooLarge || cause instanceof DecodedTooLarge) {
      throw tooLarge(bytesMax, bytesMax === plan.bodyBytesMax);
    }
    if (signal.aborted) throw signal.reason;
    throw coding === "identity"
      ? new GatewayError("invalid-request", "Failed to read LLM request body", {
        code: "request_body_read_failed",
        cause,
      })
      : new GatewayError("invalid-request", "Failed to decode LLM request body", {
        code: "request_body_decode_failed",
        cause,
      });
  }
}

function tooLarge(bytesMax: number, isConfigured: boolean): GatewayError {
  const setting = isConfigured ? "frontendPolicies.http.maxBufferSize" : "policy buffer";
  return new GatewayError(
    "too-large",
    `LLM request body exceeded the buffer limit of ${bytesMax} bytes (setting ${setting})`,
    { code: "request_body_too_large" },
  );
}

const decoder = new TextDecoder();

/** Parses a body that has to be a JSON object. */
export function parseJson(bytes: Uint8Array): JsonRequest {
  try {
    if (!isUtf8(bytes)) throw new TypeError("not UTF-8");
    const text = decoder.decode(bytes);
    const json: unknown = JSON.parse(text);
    if (isMapping(json)) return { text, json };
  } catch (cause) {
    throw new GatewayError("invalid-request", "LLM request body must be valid JSON", {
      code: "invalid_request_body",
      reason: "DirectResponse",
      cause,
    });
  }
  throw new GatewayError("invalid-request", "LLM request body must be a JSON object", {
    code: "invalid_request_body",
    reason: "DirectResponse",
  });
}

/** The model that a body of any kind names: a JSON member or a multipart field. */
export async function modelIn(
  { request }: Exchange,
  bytes: Uint8Array<ArrayBuffer> = new Uint8Array(0),
): Promise<unknown> {
  const type = request.headers.get("content-type") ?? "";
  if (!/^\s*multipart\/form-data\b/i.test(type)) return parseJson(bytes).json.model;
  let form: FormData;
  try {
    form = await new Response(bytes, { headers: { "content-type": type } }).formData();
  } catch (cause) {
    throw new GatewayError(
      "invalid-request",
      "LLM multipart request body must be valid multipart/form-data",
      { code: "invalid_request_body", reason: "DirectResponse", cause },
    );
  }
  const [model = null, ...others] = form.getAll("model");
  if (typeof model === "string" && others.length === 0) return model;
  throw model === null ? missingModel("multipart request") : new GatewayError(
    "invalid-request",
    "LLM multipart request body has invalid string field 'model'",
    { code: "invalid_model", param: "model", reason: "DirectResponse" },
  );
}

/** A body that names no model. */
export function missingModel(kind: "request" | "multipart request"): GatewayError {
  return new GatewayError("invalid-request", `LLM ${kind} body is missing string field 'model'`, {
    code: "missing_model",
    param: "model",
    reason: "DirectResponse",
  });
}
