import type { Client } from "../host/host.ts";
import { contentCoding, decodingStream } from "../lib/content_coding.ts";

/**
 * An answer with its body unfolded; one whose coding is not known stays as it is.
 *
 * A runtime's `fetch` unfolds the codings that it asks for; an upstream that sends another one all
 * the same is met here.
 */
export function unfold(response: Response, { decodes }: Pick<Client, "decodes">): Response {
  const named = response.headers.get("content-encoding");
  if (named === null || response.body === null) return response;
  const coding = contentCoding(named);
  if (coding === null || coding === "identity") return response;
  if (decodes.has(named.trim().toLowerCase())) return response;
  const body = response.body.pipeThrough(decodingStream(coding));
  return new Response(body, { status: response.status, headers: response.headers });
}
