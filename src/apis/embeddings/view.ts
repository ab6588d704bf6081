import { defined } from "../../lib/defined.ts";
import { isMapping } from "../../lib/mapping.ts";
import type { AnswerSummary, JsonObject, View } from "../api.ts";
import { checkModel } from "../envelope.ts";
import { noStream } from "../no_stream.ts";
import { countOf } from "../numbers.ts";

/** What the gateway may see of embeddings. */
export const view: View = {
  ...noStream,
  /**
   * Only the model is checked: what else must be there is for the provider to say, since servers of
   * this API may take other members than `input`.
   */
  check: checkModel,
  promptLength: (request) => lengthOf(request.input),
  readAnswer,
};

/** Characters that a token of an input stands for when the client has made the tokens itself. */
const TOKEN_LENGTH = 4;

function lengthOf(input: unknown): number {
  if (typeof input === "string") return input.length;
  if (typeof input === "number") return TOKEN_LENGTH;
  if (!Array.isArray(input)) return 0;
  return input.reduce((sum: number, part) => sum + lengthOf(part), 0);
}

function readAnswer(answer: JsonObject): AnswerSummary {
  const usage = isMapping(answer.usage) ? answer.usage : {};
  const inputTokens = countOf(usage.prompt_tokens) ?? countOf(usage.total_tokens);
  return {
    textLength: 0,
    ...defined({
      model: typeof answer.model === "string" ? answer.model : undefined,
      usage: inputTokens === undefined ? undefined : { inputTokens, outputTokens: 0 },
    }),
  };
}
