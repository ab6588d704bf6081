import { GatewayError } from "../errors.ts";
import { declaredLength } from "../lib/read_body.ts";
import { gatherBody } from "./gather_body.ts";
import type { Policy } from "./policy.ts";
import type { Subject } from "./subject.ts";

/** Which bodies are gathered whole before they go on. */
export interface BufferSettings {
  readonly request: BodyLimit | undefined;
  readonly response: BodyLimit | undefined;
}

/** What becomes of a body that is larger than it may be. */
export interface BodyLimit {
  readonly bytesMax: number;
  /** The setting that says so, for the one who reads the refusal. */
  readonly setting: string;
  /** Whether it goes on without having been gathered. */
  readonly failsOpen: boolean;
}

/** Gathers bodies before they go on. */
export function buffer({ request, response }: BufferSettings): Policy {
  return {
    name: "buffer",
    apply(subject) {
      if (response !== undefined) {
        subject.onResponse((answer) => gatherResponse(answer, response, subject.signal));
      }
      return request === undefined ? undefined : gatherRequest(subject, request);
    },
  };
}

/** What fails open is judged by its declared length: a body that has been begun cannot go back. */
async function gatherRequest(subject: Subject, limit: BodyLimit): Promise<undefined> {
  const { method, headers } = subject.head;
  if (method === "GET" || method === "HEAD") return;
  const declared = declaredLength(headers);
  if (limit.failsOpen) {
    const isCertain = declared !== undefined && !isEncoded(headers);
    if (isCertain && declared <= limit.bytesMax) await subject.body();
    return;
  }
  if (declared !== undefined && declared > limit.bytesMax) throw requestTooLarge(limit);
  const bytes = await subject.body();
  if (bytes.length > limit.bytesMax) throw requestTooLarge(limit);
}

function isEncoded(headers: Headers): boolean {
  return (headers.get("content-encoding") ?? "identity").trim().toLowerCase() !== "identity";
}

function requestTooLarge({ bytesMax, setting }: BodyLimit): GatewayError {
  const message = `the request body is larger than ${bytesMax} bytes (setting ${setting})`;
  return new GatewayError("too-large", message, { code: "request_body_too_large" });
}

async function gatherResponse(
  response: Response,
  { bytesMax, setting, failsOpen }: BodyLimit,
  signal: AbortSignal,
): Promise<Response> {
  if (response.body === null) return response;
  const gathered = await gatherBody(response.body, bytesMax, signal);
  if (gathered.isWhole) return new Response(gathered.bytes, response);
  const { parts, reader } = gathered;
  if (failsOpen) return new Response(continued(parts, reader), response);
  const message = `the response body is larger than ${bytesMax} bytes (setting ${setting})`;
  const error = new GatewayError("upstream-invalid", message, { code: "response_body_too_large" });
  await reader.cancel(error).catch(() => {});
  throw error;
}

/** What has been read, and then the rest as it comes. */
function continued(
  parts: readonly Uint8Array[],
  reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>,
): ReadableStream<Uint8Array> {
  const begun = parts.values();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const part = begun.next();
      if (!part.done) return controller.enqueue(part.value);
      const { done, value } = await reader.read();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  }, { highWaterMark: 0 });
}
