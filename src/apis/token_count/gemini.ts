import { isMapping } from "../../lib/mapping.ts";
import { countTokens } from "../../lib/tokenizer.ts";
import type { Api, JsonObject, TaskContext } from "../api.ts";
import { geminiErrorShape } from "../error_shapes.ts";
import { required } from "../fields.ts";
import { promptIn, textsIn } from "../gemini_text.ts";
import { countView, lengthOf } from "./view.ts";

const encoder = new TextEncoder();

/** Google's count of tokens (https://ai.google.dev/api/tokens). */
export const geminiCount: Api = {
  name: "geminiCount",
  operation: "count_tokens",
  metered: false,
  path: "",
  modelIn: "path",
  view: countView({ check, promptLength: (request) => lengthOf(textsIn(promptIn(request))) }),
  errorShape: geminiErrorShape,
  isOwnError: (body) =>
    isMapping(body) && isMapping(body.error) && typeof body.error.message === "string" &&
    typeof body.error.code === "number",
  requestIdHeader: "x-request-id",
  writeErrorEvent: (fault) =>
    encoder.encode(`data: ${JSON.stringify(geminiErrorShape(fault))}\n\n`),
  answerLocally,
};

/** Vertex AI also counts `instances`, the prompts of its older models. */
function check(request: JsonObject): void {
  if (!Array.isArray(request.instances)) checkContents(promptIn(request));
}

function checkContents({ contents }: JsonObject): void {
  required(contents ?? undefined, "contents");
}

/** An estimate: Google counts next to nothing beside the content itself. */
async function answerLocally(request: JsonObject, { model }: TaskContext): Promise<JsonObject> {
  const prompt = promptIn(request);
  checkContents(prompt);
  const tokenCount = await countTokens(textsIn(prompt), model);
  return {
    totalTokens: tokenCount,
    promptTokensDetails: [{ modality: "TEXT", tokenCount }],
  };
}
