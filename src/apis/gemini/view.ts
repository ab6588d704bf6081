import { GatewayError } from "../../errors.ts";
import { defined } from "../../lib/defined.ts";
import { isMapping, type Mapping } from "../../lib/mapping.ts";
import type { AnswerSummary, JsonObject, RequestParameters, View } from "../api.ts";
import { wrongType } from "../fields.ts";
import { member } from "./members.ts";
import { watchStream } from "./watch.ts";
import { candidatesIn, partsIn, partsLength, readUsage } from "./wire.ts";

/** What the gateway may see of generateContent. */
export const view: View = {
  check,
  streams: (_, target) => streams(target),
  askForUsage: () => undefined,
  parameters,
  promptLength: (request) =>
    lengthOf(request.contents) + lengthOf([member(request, "systemInstruction")]),
  readAnswer,
  watchStream,
};

/** Only what the gateway itself relies on is checked; the provider judges the rest. */
function check(request: JsonObject, target: string): void {
  if (!Array.isArray(request.contents)) throw wrongType("contents", "a list");
  const query = new URLSearchParams(target.split("?")[1]);
  if (streams(target) && query.get("alt") !== "sse") {
    throw new GatewayError(
      "invalid-request",
      "streamGenerateContent is supported with alt=sse only",
      { param: "alt" },
    );
  }
}

function streams(target: string): boolean {
  return target.split("?")[0]?.endsWith(":streamGenerateContent") === true;
}

function parameters(request: JsonObject): RequestParameters {
  const config = member(request, "generationConfig");
  if (!isMapping(config)) return {};
  const number = (name: string) => {
    const value = member(config, name);
    return typeof value === "number" ? value : undefined;
  };
  return defined({
    temperature: number("temperature"),
    topP: number("topP"),
    maxTokens: number("maxOutputTokens"),
    answers: number("candidateCount"),
    frequencyPenalty: number("frequencyPenalty"),
    presencePenalty: number("presencePenalty"),
    seed: number("seed"),
  });
}

function readAnswer(answer: JsonObject): AnswerSummary {
  const textLength = candidatesIn(answer)
    .reduce((sum, candidate) => sum + partsLength(partsIn(candidate)), 0);
  const model = typeof answer.modelVersion === "string" ? answer.modelVersion : undefined;
  return { textLength, ...defined({ model, usage: readUsage(answer.usageMetadata) }) };
}

/** Characters of text in contents, results of functions included. */
function lengthOf(contents: unknown): number {
  if (!Array.isArray(contents)) return 0;
  const parts = contents.filter(isMapping).flatMap((content) => partsIn({ content }));
  return partsLength(parts) + parts.reduce((sum, part) => sum + resultLength(part), 0);
}

function resultLength(part: Mapping): number {
  const result = member(part, "functionResponse");
  if (!isMapping(result) || result.response === undefined) return 0;
  return JSON.stringify(result.response).length;
}
