import { isMapping } from "../../lib/mapping.ts";
import type { Api } from "../api.ts";
import { defaultErrorShape } from "../error_shapes.ts";
import { bedrockRerank } from "./bedrock.ts";
import { promptTexts } from "./prompt_texts.ts";
import { vertexRank } from "./vertex.ts";
import { view } from "./view.ts";

const encoder = new TextEncoder();

/** Cohere's rerank, of both versions (https://docs.cohere.com/reference/rerank). */
export const rerank: Api = {
  name: "rerank",
  operation: "rerank",
  metered: true,
  path: "/rerank",
  modelIn: "body",
  view,
  promptTexts,
  errorShape: defaultErrorShape,
  isOwnError,
  requestIdHeader: "x-request-id",
  writeErrorEvent: (fault) =>
    encoder.encode(`data: ${JSON.stringify(defaultErrorShape(fault))}\n\n`),
  converters: { bedrockRerank, vertexRank },
};

/** Cohere says `{message}`; servers that follow OpenAI in all else also follow it here. */
function isOwnError(body: unknown): boolean {
  if (!isMapping(body)) return false;
  if (!isMapping(body.error)) return typeof body.message === "string";
  return typeof body.error.message === "string" && typeof body.error.code !== "number";
}
