import { Buffer } from "node:buffer";
import { at, type JsonObject } from "../../json.ts";
import { type Answer, piecesOf, type ScriptedUsage } from "../scripts.ts";
import { sealOf } from "../seals.ts";
import type { Call, Frame } from "../stand_in.ts";
import { idFor } from "../wire.ts";
import { isThird } from "./config_rules.ts";
import type { Flavour } from "./errors.ts";
import { callText } from "./rules.ts";

/** An answer and what it is made for. */
export interface Made {
  readonly body: JsonObject;
  readonly model: string;
  readonly flavour: Flavour;
  readonly answer: Answer;
  readonly call: Call;
}

/** A whole answer, with all the members that real ones have. */
export function responseOf(made: Made): JsonObject {
  const { answer, body } = made;
  if (answer.finish === "refusal") return blocked(made);
  const text = answer.texts.join("");
  const parts = [
    ...thoughtParts(made),
    ...(text === "" ? [] : [{ text, ...textSeal(made) }]),
    ...callParts(made),
  ];
  const count = Number(at(body, "generationConfig", "candidateCount") ?? 1);
  return {
    candidates: Array.from({ length: count }, (_, index) => ({
      content: { parts, role: "model" },
      ...ending(answer),
      index,
    })),
    usageMetadata: usageOf(answer.usage, made.flavour),
    ...tail(made),
  };
}

/** The same as the pieces of a stream. */
export function chunksOf(made: Made): { readonly data: JsonObject; readonly isContent: boolean }[] {
  const { answer, flavour } = made;
  if (answer.finish === "refusal") return [{ data: blocked(made), isContent: false }];
  const { thoughtsTokenCount, ...known } = usageOf(answer.usage, flavour);
  const early = {
    promptTokenCount: known.promptTokenCount,
    totalTokenCount: answer.usage.input + thoughtsTokenCount,
    cachedContentTokenCount: known.cachedContentTokenCount,
    promptTokensDetails: known.promptTokensDetails,
    thoughtsTokenCount,
  };
  const pieces = [
    ...thoughtParts(made).flatMap(({ text }) =>
      piecesOf(text).map((piece) => ({ text: piece, thought: true }))
    ),
    ...answer.texts.map((text) => ({ text })),
    ...callParts(made),
  ];
  const chunk = (part: JsonObject, more: JsonObject, usageMetadata: JsonObject) => ({
    candidates: [{ content: { parts: [part], role: "model" }, ...more, index: 0 }],
    usageMetadata,
    ...tail(made),
  });
  // The signature of a text comes when the text is over, in a part that has none.
  const last = { text: "", ...(answer.toolCalls.length === 0 && textSeal(made)) };
  return [
    ...pieces.map((part) => ({ data: chunk(part, {}, early), isContent: true })),
    {
      data: chunk(last, ending(answer), usageOf(answer.usage, flavour)),
      isContent: false,
    },
  ];
}

/** A server-sent event in the lines that Google writes. */
export function googleFrame(data: JsonObject, isContent: boolean): Frame {
  return { bytes: Buffer.from(`data: ${JSON.stringify(data)}\r\n\r\n`), isContent };
}

function thoughtParts({ answer, body }: Made): { text: string; thought: true }[] {
  const { reasoning } = answer;
  const shows = at(body, "generationConfig", "thinkingConfig", "includeThoughts") === true;
  if (reasoning === undefined || reasoning.redacted || !shows) return [];
  return [{ text: reasoning.text, thought: true }];
}

function textSeal({ model, call }: Made): JsonObject {
  return isThird(model) ? { thoughtSignature: sealOf("gemini-text", "", call.serial) } : {};
}

/** Of parallel calls only the first is signed, and calls have ids in the newest models only. */
function callParts({ answer, model, flavour, call }: Made): JsonObject[] {
  const signs = isThird(model) || answer.reasoning !== undefined;
  return answer.toolCalls.map(({ name, args }, index) => {
    const id = isThird(model) && flavour === "gemini" && { id: idFor(call, "", 8, index) };
    const functionCall = { ...id, name, args };
    if (index > 0 || !signs) return { functionCall };
    return {
      functionCall,
      thoughtSignature: sealOf("gemini-call", callText({ name, args }), call.serial),
    };
  });
}

function ending({ finish }: Answer): JsonObject {
  if (finish === "length") return { finishReason: "MAX_TOKENS" };
  if (finish !== "content-filter") return { finishReason: "STOP" };
  const category = "HARM_CATEGORY_DANGEROUS_CONTENT";
  const safetyRatings = [{ category, probability: "HIGH", blocked: true }];
  return { finishReason: "SAFETY", safetyRatings };
}

function blocked(made: Made): JsonObject {
  const { input, ...usage } = made.answer.usage;
  const { promptTokenCount, promptTokensDetails } = usageOf({ input, ...usage }, made.flavour);
  return {
    promptFeedback: {
      blockReason: "PROHIBITED_CONTENT",
      ...(made.flavour === "vertex" && { blockReasonMessage: "The prompt was blocked." }),
    },
    usageMetadata: { promptTokenCount, totalTokenCount: input, promptTokensDetails },
    ...tail(made),
  };
}

function tail({ model, flavour, call }: Made): JsonObject {
  return {
    modelVersion: model,
    ...(flavour === "vertex" && { createTime: "2025-11-20T12:00:00.123456Z" }),
    responseId: idFor(call, "", 22),
  };
}

/** Google counts thoughts apart from the candidates, and cached input within the prompt. */
function usageOf({ input, cacheRead, output, reasoning }: ScriptedUsage, flavour: Flavour) {
  const details = (tokenCount: number) => [{ modality: "TEXT", tokenCount }];
  return {
    promptTokenCount: input,
    candidatesTokenCount: output - reasoning,
    totalTokenCount: input + output,
    cachedContentTokenCount: cacheRead,
    promptTokensDetails: details(input),
    cacheTokensDetails: details(cacheRead),
    ...(flavour === "vertex" && {
      trafficType: "ON_DEMAND",
      candidatesTokensDetails: details(output - reasoning),
    }),
    thoughtsTokenCount: reasoning,
  };
}
