import { isMapping } from "../../lib/mapping.ts";
import type { Api, JsonObject, TaskContext } from "../api.ts";
import { checkModel } from "../envelope.ts";
import { messagesErrorShape } from "../error_shapes.ts";
import { requiredList } from "../fields.ts";
import { bedrockCount } from "./bedrock.ts";
import { promptsIn, promptTexts } from "../messages_text.ts";
import { countPromptTexts } from "../prompt_tokens.ts";
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

/** An estimate, by the rule of OpenAI's chats. */
async function answerLocally(request: JsonObject, { model }: TaskContext): Promise<JsonObject> {
  return { input_tokens: await countPromptTexts(promptTexts(request), model) };
}
