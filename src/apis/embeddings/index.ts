import type { Api } from "../api.ts";
import { defaultErrorShape } from "../error_shapes.ts";
import { isMapping } from "../../lib/mapping.ts";
import { cohereEmbeddings } from "./cohere.ts";
import { novaEmbeddings } from "./nova.ts";
import { predict } from "./predict.ts";
import { promptTexts } from "./prompt_texts.ts";
import { titanEmbeddings } from "./titan.ts";
import { view } from "./view.ts";

const encoder = new TextEncoder();

/** OpenAI embeddings (https://platform.openai.com/docs/api-reference/embeddings). */
export const embeddings: Api = {
  name: "embeddings",
  operation: "embeddings",
  metered: true,
  path: "/embeddings",
  modelIn: "body",
  view,
  promptTexts,
  errorShape: defaultErrorShape,
  isOwnError: (body) =>
    isMapping(body) && isMapping(body.error) && typeof body.error.message === "string" &&
    typeof body.error.code !== "number",
  requestIdHeader: "x-request-id",
  writeErrorEvent: (fault) =>
    encoder.encode(`data: ${JSON.stringify(defaultErrorShape(fault))}\n\n`),
  converters: { predict, titanEmbeddings, cohereEmbeddings, novaEmbeddings },
};
