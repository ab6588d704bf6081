import { isMapping } from "../../lib/mapping.ts";
import { countTokens } from "../../lib/tokenizer.ts";
import type { Api, JsonObject, TaskContext } from "../api.ts";
import { checkModel } from "../envelope.ts";
import { messagesErrorShape } from "../error_shapes.ts";
import { requiredList } from "../fields.ts";
import { bedrockCount } from "./bedrock.ts";
import { promptsIn } from "./messages_text.ts";
import { countView, lengthOf } from "./view.ts";

const encoder = new TextEncoder();

/** Anthropic's count of tokens (https://docs.anthropic.com/en/api/messages-count-tokens). */
export const messagesCount: Api = {
  name: "messagesCount",
  operation: "count_tokens",
  metered: false,
  path: "/messages/count_tokens",
  modelIn: "body",
  view: countView({ check, promptLength: (request) => lengthOf(promptsIn(request).flat()) }),
  errorShape: messagesErrorShape,
  isOwnError: (body) =>
    isMapping(body) && body.type === "error" && isMapping(body.error) &&
    typeof body.error.type === "string" && typeof body.error.message === "string",
  requestIdHeader: "request-id",
  writeErrorEvent: (fault) =>
    encoder.encode(`event: error\ndata: ${JSON.stringify(messagesErrorShape(fault))}\n\n`),
  converters: { bedrockCount },
  answerLocally,
};

function check(request: JsonObject): void {
  checkModel(request);
  requiredList(request, "messages");
}

/** Tokens around the content of a message, its role among them. */
const TOKENS_PER_MESSAGE = 4;

/** Tokens with which the answer begins. */
const TOKENS_OF_ANSWER = 3;

/** An estimate, by the rule of OpenAI's chats; a list of tools counts as its JSON. */
async function answerLocally(request: JsonObject, { model }: TaskContext): Promise<JsonObject> {
  const prompts = promptsIn(request);
  const content = await countTokens([...prompts.flat(), ...toolsIn(request)], model);
  return { input_tokens: content + prompts.length * TOKENS_PER_MESSAGE + TOKENS_OF_ANSWER };
}

/** A mark for the cache is no part of what the model reads. */
function toolsIn({ tools }: JsonObject): readonly string[] {
  if (!Array.isArray(tools)) return [];
  return tools.filter(isMapping).map(({ cache_control: _, ...tool }) => JSON.stringify(tool));
}
