import { defined } from "../../lib/defined.ts";
import { isMapping } from "../../lib/mapping.ts";
import type { AnswerSummary, JsonObject, RequestParameters, View } from "../api.ts";
import { checkModel, checkStream } from "../envelope.ts";
import { missing, wrongType } from "../fields.ts";
import { numberOf } from "../numbers.ts";
import { watchStream } from "./watch.ts";
import { listOf, readUsage, textOf } from "./wire.ts";

/** What the gateway may see of responses; usage comes without being asked for. */
export const view: View = {
  check,
  streams: (request) => request.stream === true,
  askForUsage: () => undefined,
  parameters,
  promptLength: (request) => textOf(request.instructions).length + lengthOf(request.input),
  readAnswer,
  watchStream,
};

/** Only what the gateway itself relies on is checked; the provider judges the rest. */
function check(request: JsonObject): void {
  checkModel(request);
  checkStream(request);
  const input = request.input ?? undefined;
  if (input === undefined) {
    if (!INPUT_ELSEWHERE.some((name) => (request[name] ?? undefined) !== undefined)) {
      throw missing("input");
    }
  } else if (typeof input !== "string" && !Array.isArray(input)) {
    throw wrongType("input", "a string or a list");
  }
}

/** What may stand in for an input: it is kept at the provider. */
const INPUT_ELSEWHERE = ["prompt", "previous_response_id", "conversation"] as const;

function parameters(request: JsonObject): RequestParameters {
  return defined({
    temperature: numberOf(request.temperature),
    topP: numberOf(request.top_p),
    maxTokens: numberOf(request.max_output_tokens),
  });
}

function readAnswer(answer: JsonObject): AnswerSummary {
  const model = typeof answer.model === "string" ? answer.model : undefined;
  return {
    textLength: lengthOf(answer.output),
    ...defined({ model, usage: readUsage(answer.usage) }),
  };
}

/** Characters of text in a text, in items or in parts, whatever their type. */
function lengthOf(value: unknown): number {
  if (typeof value === "string") return value.length;
  let length = 0;
  for (const item of listOf(value)) {
    if (!isMapping(item)) continue;
    for (const name of TEXTS) length += textOf(item[name]).length;
    for (const name of CONTENTS) length += lengthOf(item[name]);
  }
  return length;
}

/** Members of items and parts that hold text. */
const TEXTS = ["text", "refusal", "name", "arguments", "input"] as const;

/** Members of items that hold text or parts. */
const CONTENTS = ["content", "output", "summary"] as const;
