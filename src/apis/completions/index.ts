import type { Fault } from "../../chat/fault.ts";
import { isMapping } from "../../lib/mapping.ts";
import type { Api, CalledApi } from "../api.ts";
import { defaultErrorShape } from "../error_shapes.ts";
import { writeRequest } from "./call.ts";
import { enrich } from "./enrich.ts";
import { promptTexts } from "./prompt_texts.ts";
import { readResponse } from "./read_response.ts";
import { serve } from "./serve.ts";
import { readStream } from "./stream_reader.ts";
import { texts } from "./texts.ts";
import { view } from "./view.ts";

const PATH = "/chat/completions";
const encoder = new TextEncoder();

/** OpenAI chat completions, as clients speak it to the gateway. */
export const completions: Api = {
  name: "completions",
  operation: "chat",
  metered: true,
  path: PATH,
  modelIn: "body",
  view,
  texts,
  enrich,
  promptTexts,
  errorShape: defaultErrorShape,
  isOwnError,
  requestIdHeader: "x-request-id",
  writeErrorEvent: (fault: Fault) =>
    encoder.encode(`data: ${JSON.stringify(defaultErrorShape(fault))}\n\n`),
  serve,
};

/** OpenAI chat completions, as the gateway speaks it to providers for clients of other APIs. */
export const completionsCall: CalledApi = {
  name: "completions",
  path: PATH,
  framing: "sse",
  writeRequest,
  readResponse,
  readStream,
};

/** Anthropic's errors have a `type` outside, Google's a number for a code. */
function isOwnError(body: unknown): boolean {
  return isMapping(body) && body.type !== "error" && isMapping(body.error) &&
    typeof body.error.message === "string" && typeof body.error.code !== "number";
}
