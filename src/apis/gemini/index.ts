import { isMapping } from "../../lib/mapping.ts";
import type { Api, CalledApi } from "../api.ts";
import { geminiErrorShape } from "../error_shapes.ts";
import { promptTexts } from "../gemini_text.ts";
import { writeRequest } from "./call.ts";
import { enrich } from "./enrich.ts";
import { readResponse } from "./read_response.ts";
import { serve } from "./serve.ts";
import { readStream } from "./stream_reader.ts";
import { texts } from "./texts.ts";
import { view } from "./view.ts";

const encoder = new TextEncoder();

/** Google's generateContent, as clients speak it to the gateway; the path is the provider's. */
export const gemini: Api = {
  name: "gemini",
  operation: "chat",
  metered: true,
  path: "",
  modelIn: "path",
  view,
  texts,
  enrich,
  promptTexts,
  errorShape: geminiErrorShape,
  isOwnError,
  requestIdHeader: "x-request-id",
  writeErrorEvent: (fault) =>
    encoder.encode(`data: ${JSON.stringify(geminiErrorShape(fault))}\n\n`),
  serve,
};

/** Google's generateContent, as the gateway speaks it to providers for clients of other APIs. */
export const geminiCall: CalledApi = {
  name: "gemini",
  path: "",
  framing: "sse",
  writeRequest,
  readResponse,
  readStream,
};

/** Streams and some proxies put the error into a list. */
function isOwnError(body: unknown): boolean {
  const [first] = Array.isArray(body) ? body : [body];
  if (!isMapping(first) || !isMapping(first.error)) return false;
  const { code, message, status } = first.error;
  return typeof code === "number" && typeof message === "string" && typeof status === "string";
}
