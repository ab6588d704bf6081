import { isMapping } from "../../lib/mapping.ts";
import type { Api } from "../api.ts";
import { messagesErrorShape } from "../error_shapes.ts";
import { promptTexts } from "../messages_text.ts";
import { enrich } from "./enrich.ts";
import { errorEventText } from "./event_text.ts";
import { serve } from "./serve.ts";
import { texts } from "./texts.ts";
import { view } from "./view.ts";

export { messagesCall } from "./call.ts";

const encoder = new TextEncoder();

/** Anthropic's messages. */
export const messages: Api = {
  name: "messages",
  operation: "chat",
  metered: true,
  path: "/messages",
  modelIn: "body",
  view,
  texts,
  enrich,
  promptTexts,
  errorShape: messagesErrorShape,
  isOwnError,
  requestIdHeader: "request-id",
  writeErrorEvent: (fault) => encoder.encode(errorEventText(fault)),
  serve,
};

function isOwnError(body: unknown): boolean {
  if (!isMapping(body) || body.type !== "error" || !isMapping(body.error)) return false;
  return typeof body.error.type === "string" && typeof body.error.message === "string";
}
