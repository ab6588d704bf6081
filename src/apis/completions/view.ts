import { defined } from "../../lib/defined.ts";
import type { JsonEdits } from "../../lib/json_edit.ts";
import { isMapping } from "../../lib/mapping.ts";
import type { AnswerSummary, JsonObject, RequestParameters, View } from "../api.ts";
import { checkModel, checkStream } from "../envelope.ts";
import { numberOf } from "../numbers.ts";
import { watchStream } from "./watch.ts";
import { readUsage, textLength } from "./wire.ts";

/** What the gateway may see of chat completions. */
export const view: View = {
  check,
  streams: (request) => request.stream === true,
  askForUsage,
  parameters,
  promptLength: (request) => lengthOf(request.messages),
  readAnswer,
  watchStream,
};

/** Only what the gateway itself relies on is checked; the provider judges the rest. */
function check(request: JsonObject): void {
  checkModel(request);
  checkStream(request);
}

/**
 * Usage is metered for every stream, whether or not the client wants to see it. Malformed options
 * are the provider's to refuse, so they are left as they are.
 */
function askForUsage(request: JsonObject): JsonEdits | undefined {
  if (request.stream !== true) return undefined;
  const options = request.stream_options ?? {};
  if (!isMapping(options) || options.include_usage === true) return undefined;
  return { set: { stream_options: { ...options, include_usage: true } } };
}

function parameters(request: JsonObject): RequestParameters {
  return defined({
    temperature: numberOf(request.temperature),
    topP: numberOf(request.top_p),
    maxTokens: numberOf(request.max_completion_tokens) ?? numberOf(request.max_tokens),
    answers: numberOf(request.n),
    frequencyPenalty: numberOf(request.frequency_penalty),
    presencePenalty: numberOf(request.presence_penalty),
    seed: numberOf(request.seed),
  });
}

function readAnswer(answer: JsonObject): AnswerSummary {
  let length = 0;
  for (const choice of Array.isArray(answer.choices) ? answer.choices : []) {
    if (isMapping(choice)) length += textLength(choice.message);
  }
  const model = typeof answer.model === "string" ? answer.model : undefined;
  return { textLength: length, ...defined({ model, usage: readUsage(answer.usage) }) };
}

function lengthOf(messages: unknown): number {
  if (!Array.isArray(messages)) return 0;
  return messages.reduce((sum: number, message) => sum + textLength(message), 0);
}
