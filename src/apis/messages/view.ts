import { GatewayError } from "../../errors.ts";
import { defined } from "../../lib/defined.ts";
import type { AnswerSummary, JsonObject, RequestParameters, View } from "../api.ts";
import { checkModel, checkStream } from "../envelope.ts";
import { wrongType } from "../fields.ts";
import { numberOf } from "../numbers.ts";
import { watchStream } from "./stream.ts";
import { textLength } from "./text_length.ts";
import { readUsage } from "./wire.ts";

/** What the gateway may see of Anthropic's messages. */
export const view: View = {
  check,
  streams: (request, target) => request.stream === true || asksForStream(target),
  askForUsage: () => undefined,
  parameters,
  promptLength,
  readAnswer,
  watchStream,
};

/** Only what the gateway itself relies on is checked; the provider judges the rest. */
function check(request: JsonObject): void {
  checkModel(request);
  const { messages } = request;
  if (messages === undefined || messages === null) {
    throw new GatewayError("invalid-request", "missing field: messages", {
      code: "missing_field",
      param: "messages",
    });
  }
  if (!Array.isArray(messages)) throw wrongType("messages", "a list");
  checkStream(request);
}

/**
 * Vertex has a method of its own for streams
 * (https://docs.cloud.google.com/vertex-ai/generative-ai/docs/partner-models/claude/use-claude).
 */
function asksForStream(target: string): boolean {
  return target.split("?", 1)[0]?.endsWith(":streamRawPredict") === true;
}

function parameters(request: JsonObject): RequestParameters {
  return defined({
    temperature: numberOf(request.temperature),
    topP: numberOf(request.top_p),
    maxTokens: numberOf(request.max_tokens),
  });
}

function promptLength({ system, messages }: JsonObject): number {
  if (!Array.isArray(messages)) return textLength(system);
  return messages.reduce(
    (sum: number, message) => sum + textLength(message?.content),
    textLength(system),
  );
}

function readAnswer(answer: JsonObject): AnswerSummary {
  const model = typeof answer.model === "string" ? answer.model : undefined;
  return {
    textLength: textLength(answer.content),
    ...defined({ model, usage: readUsage(answer.usage) }),
  };
}
