import { Buffer } from "node:buffer";
import type { ClientRequest as Request } from "node:http";
import type { ClientRequest } from "./host.ts";

/** Sends a request's body, no faster than the other side takes it, and ends the request. */
export function upload(body: ClientRequest["body"], request: Request): void {
  if (body === null) request.end();
  else if (body instanceof ReadableStream) void uploadStream(body, request);
  else {
    const bytes = typeof body === "string" ? Buffer.from(body) : body;
    if (!request.hasHeader("content-length")) request.setHeader("content-length", bytes.length);
    request.end(bytes);
  }
}

async function uploadStream(body: ReadableStream<Uint8Array>, request: Request): Promise<void> {
  const reader = body.getReader();
  let wake: (() => void) | undefined;
  const go = () => wake?.();
  request.on("drain", go);
  // A server may answer and close before it has read all.
  request.on("close", go);
  try {
    while (!request.destroyed) {
      const { done, value } = await reader.read();
      if (done) return void request.end();
      if (request.destroyed || request.write(value)) continue;
      await new Promise<void>((resolve) => {
        wake = resolve;
        if (request.destroyed) resolve();
      });
    }
    await reader.cancel(new Error("the connection is closed"));
  } catch (cause) {
    request.destroy(cause instanceof Error ? cause : new Error(String(cause)));
  }
}
