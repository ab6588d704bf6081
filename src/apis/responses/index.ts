import { isMapping } from "../../lib/mapping.ts";
import type { Api } from "../api.ts";
import { defaultErrorShape } from "../error_shapes.ts";
import { enrich } from "./enrich.ts";
import { promptTexts } from "./prompt_texts.ts";
import { serve } from "./serve.ts";
import { texts } from "./texts.ts";
import { view } from "./view.ts";
import { writeError } from "./wire.ts";

export { responsesCall } from "./call.ts";

const encoder = new TextEncoder();

/** OpenAI responses. */
export const responses: Api = {
  name: "responses",
  operation: "chat",
  metered: true,
  path: "/responses",
  modelIn: "body",
  view,
  texts,
  enrich,
  promptTexts,
  errorShape: defaultErrorShape,
  isOwnError,
  requestIdHeader: "x-request-id",
  writeErrorEvent: (fault) => encoder.encode(writeError(fault, 0)),
  serve,
};

/** Anthropic's errors have a type beside `error`, Google's a number for a code. */
function isOwnError(body: unknown): boolean {
  return isMapping(body) && body.type !== "error" && isMapping(body.error) &&
    typeof body.error.message === "string" && typeof body.error.code !== "number";
}
