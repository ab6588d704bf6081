import { Buffer } from "node:buffer";
import { at, type JsonObject } from "../../json.ts";
import { type Answer, type Fault, piecesOf, type ScriptedUsage } from "../scripts.ts";
import { faultError } from "../responses/errors.ts";
import { sealOf } from "../seals.ts";
import type { Call, Frame } from "../stand_in.ts";
import { idFor, sseFrame } from "../wire.ts";
import type { Flavour } from "./shapes.ts";

/** An answer and what it is made for. */
export interface Made {
  readonly body: JsonObject;
  readonly flavour: Flavour;
  readonly answer: Answer;
  readonly call: Call;
}

/** A whole completion, with all the members that real ones have. */
export function completionOf(made: Made): JsonObject {
  const { answer, body } = made;
  const calls = answer.toolCalls.map((_, index) => wireCall(made, index));
  const text = answer.texts.join("");
  const refuses = answer.finish === "refusal";
  const message = {
    role: "assistant",
    content: refuses || (text === "" && calls.length > 0) ? null : text,
    ...thoughtMembers(made),
    ...(calls.length > 0 && { tool_calls: calls }),
    refusal: refuses ? refusalText : null,
    annotations: [],
  };
  const choice = { message, logprobs: null, finish_reason: finishReason(answer) };
  const count = typeof body.n === "number" ? body.n : 1;
  return {
    ...frameMembers(made, "chat.completion"),
    choices: Array.from({ length: count }, (_, index) => ({ index, ...choice })),
    usage: usageOf(answer.usage),
  };
}

/** The same as a stream. */
export function framesOf(made: Made): Frame[] {
  const { answer, body } = made;
  const asksUsage = at(body, "stream_options", "include_usage") === true;
  const chunk = (choices: readonly JsonObject[], usage: JsonObject | null, isContent: boolean) =>
    sseFrame({
      ...frameMembers(made, "chat.completion.chunk"),
      choices,
      ...(asksUsage && { usage }),
      ...(made.flavour === "openai" && { obfuscation: "aB3" }),
    }, isContent);
  const delta = (delta: JsonObject, finish: string | null, isContent: boolean) =>
    chunk([{ index: 0, delta, logprobs: null, finish_reason: finish }], null, isContent);
  return [
    delta({ role: "assistant", content: "", refusal: null }, null, false),
    ...deltasOf(made).map((content) => delta(content, null, true)),
    delta({}, finishReason(answer), false),
    ...(asksUsage ? [chunk([], usageOf(answer.usage), false)] : []),
    { bytes: Buffer.from("data: [DONE]\n\n"), isContent: false },
  ];
}

/** An error in the middle of a stream, which ends without a `[DONE]`. */
export function faultFrames(fault: Fault): Frame[] {
  return [sseFrame({ error: faultError(fault) }, false)];
}

function deltasOf(made: Made): JsonObject[] {
  const { answer } = made;
  if (answer.finish === "refusal") {
    return piecesOf(refusalText).map((refusal) => ({ refusal }));
  }
  return [
    ...thoughtDeltas(made),
    ...answer.texts.map((content) => ({ content })),
    ...answer.toolCalls.flatMap(({ args }, index) => {
      const { id, type, function: called } = wireCall(made, index);
      const opened = { index, id, type, function: { name: called.name, arguments: "" } };
      const grown = piecesOf(JSON.stringify(args)).map((piece) => ({
        index,
        function: { arguments: piece },
      }));
      return [opened, ...grown].map((part) => ({ tool_calls: [part] }));
    }),
  ];
}

function thoughtMembers({ answer: { reasoning }, flavour, call }: Made): JsonObject {
  if (reasoning === undefined || flavour === "openai") return {};
  if (flavour === "deepseek") return { reasoning_content: reasoning.text };
  const format = "anthropic-claude-v1";
  if (reasoning.redacted) {
    const data = sealOf("claude-redacted", "", call.serial);
    const detail = { type: "reasoning.encrypted", data, format, index: 0 };
    return { reasoning: null, reasoning_details: [detail] };
  }
  const { text } = reasoning;
  const signature = sealOf("claude-thinking", text, call.serial);
  const detail = { type: "reasoning.text", text, signature, format, index: 0 };
  return { reasoning: text, reasoning_details: [detail] };
}

/** Signatures come last, in a piece without text. */
function thoughtDeltas(made: Made): JsonObject[] {
  const { answer: { reasoning }, flavour } = made;
  if (reasoning === undefined || flavour === "openai") return [];
  if (flavour === "openrouter" && reasoning.redacted) return [thoughtMembers(made)];
  const pieces = piecesOf(reasoning.text);
  if (flavour === "deepseek") return pieces.map((text) => ({ reasoning_content: text }));
  const detail = (more: JsonObject) => ({
    ...{ type: "reasoning.text", ...more, format: "anthropic-claude-v1", index: 0 },
  });
  const signature = at(thoughtMembers(made), "reasoning_details", 0, "signature");
  return [
    ...pieces.map((text) => ({ reasoning: text, reasoning_details: [detail({ text })] })),
    { reasoning: null, reasoning_details: [detail({ signature })] },
  ];
}

function wireCall({ answer, call }: Made, index: number) {
  const { name = "", args = {} } = answer.toolCalls[index] ?? {};
  return {
    id: idFor(call, "call_", 24, index),
    type: "function",
    function: { name, arguments: JSON.stringify(args) },
  };
}

function frameMembers({ body, flavour, call }: Made, object: string): JsonObject {
  const model = String(body.model);
  const isDated = flavour !== "openai" || /\d{4}-\d\d-\d\d$/.test(model);
  return {
    id: idFor(call, "chatcmpl-", 29),
    object,
    created: 1764000000,
    model: isDated ? model : `${model}-2025-08-07`,
    service_tier: "default",
    system_fingerprint: "fp_44709d6fcb",
  };
}

function finishReason({ finish }: Answer): string {
  const reasons = {
    "stop": "stop",
    "length": "length",
    "tools": "tool_calls",
    "stop-sequence": "stop",
    "refusal": "stop",
    "content-filter": "content_filter",
  };
  return reasons[finish];
}

function usageOf({ input, cacheRead, cacheWrite, output, reasoning }: ScriptedUsage): JsonObject {
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: {
      cached_tokens: cacheRead,
      cache_write_tokens: cacheWrite,
      audio_tokens: 0,
    },
    completion_tokens_details: {
      reasoning_tokens: reasoning,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}

const refusalText = "I'm sorry, but I can't help with that.";
