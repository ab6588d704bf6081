import * as fc from "fast-check";
import type { JsonObject } from "../../../src/apis/api.ts";
import type { Block } from "../../../src/chat/block.ts";
import type { ChatEvent } from "../../../src/chat/events.ts";
import type { ChatResponse, FinishReason } from "../../../src/chat/response.ts";
import { functionCalls, ids, inputs, record, some, words } from "./arbitrary_members.ts";

const refusals: fc.Arbitrary<Block> = words.map((text) => ({ type: "refusal", text }));
const logprobs = fc.array(
  record({
    token: words,
    logprob: fc.constantFrom(-1, -0.25),
    top: fc.array(record({ token: words, logprob: fc.constant(-2) }), { maxLength: 1 }),
  }),
  { minLength: 1, maxLength: 3 },
);

const FINISHES: readonly FinishReason[] = [
  ...["stop", "stop-sequence", "length", "context-window", "tool-calls", "refusal"] as const,
  ...["content-filter", "paused", "other"] as const,
];

const MESSAGES = { api: "messages", value: "sig" } as const;

/** Answers as other APIs give them, in the order in which this one reads them back. */
export const answers: fc.Arbitrary<ChatResponse> = fc.tuple(
  fc.array(
    fc.oneof(
      words.map((text): Block => ({ type: "reasoning", text })),
      words.map((text): Block => ({ type: "reasoning", text, seal: MESSAGES })),
    ),
    { maxLength: 1 },
  ),
  fc.array(
    fc.oneof(
      words.map((text): Block => ({ type: "text", text })),
      fc.tuple(words, logprobs).map(([text, tokens]): Block => ({
        type: "text",
        text,
        logprobs: tokens,
      })),
    ),
    { maxLength: 1 },
  ),
  fc.array(refusals, { maxLength: 1 }),
  fc.array(
    fc.tuple(
      fc.oneof(functionCalls, functionCalls.map((call) => ({ ...call, input: "" }))),
      some({ seal: fc.constant({ api: "gemini" as const, value: "s" }) }),
    ).map(([call, more]): Block => ({ ...call, ...more })),
    { maxLength: 3 },
  ),
  fc.constantFrom(...FINISHES),
  some({
    serviceTier: fc.constant("flex"),
    usage: record({ inputTokens: fc.nat(), outputTokens: fc.nat(), cacheReadTokens: fc.nat() }),
  }),
).map(([thoughts, said, refused, calls, reason, more]) => ({
  id: "r-1",
  model: "m-1",
  choices: [{ blocks: [...thoughts, ...said, ...refused, ...calls], finish: { reason } }],
  ...more,
}));

/** The steps of an answer, its texts cut anywhere; calls may overlap. */
export function eventsOf(
  response: ChatResponse,
): fc.Arbitrary<{ readonly response: ChatResponse; readonly events: readonly ChatEvent[] }> {
  const { choices, id, model, serviceTier, usage } = response;
  const blocks = choices[0]?.blocks ?? [];
  const finish: ChatEvent = {
    type: "finish",
    finish: choices[0]?.finish ?? { reason: "stop" },
  };
  return fc.tuple(fc.nat(8), fc.boolean()).map(([cut, overlap]) => {
    const steps = blocks.map((block, index) => stepsOf(block, index, cut));
    const calls = steps.filter((_, index) => blocks[index]?.type === "tool-call");
    const others = steps.filter((_, index) => blocks[index]?.type !== "tool-call");
    const ordered = overlap
      ? [...others.flat(), ...[0, 1, 2, 3].flatMap((at) => calls.flatMap((call) => call[at] ?? []))]
      : steps.flat();
    const events: ChatEvent[] = [
      { type: "start", id, model, ...(serviceTier === undefined ? {} : { serviceTier }) },
      ...ordered,
      ...(usage === undefined ? [] : [{ type: "usage" as const, usage }]),
      finish,
      { type: "end" },
    ];
    return { response, events };
  });
}

/** A block's start, two pieces, and its end. */
function stepsOf(block: Block, index: number, cut: number): ChatEvent[] {
  const delta = (text: string, more: object = {}): ChatEvent => ({
    type: "block-delta",
    index,
    text,
    ...more,
  });
  switch (block.type) {
    case "text": {
      const tokens = block.logprobs === undefined ? {} : { logprobs: block.logprobs };
      return [
        { type: "block-start", index, block: { type: "text", text: "" } },
        delta(block.text.slice(0, cut), tokens),
        delta(block.text.slice(cut)),
        { type: "block-end", index },
      ];
    }
    case "tool-call":
      return [
        { type: "block-start", index, block: { ...block, input: "" } },
        delta(block.input.slice(0, cut)),
        delta(block.input.slice(cut)),
        { type: "block-end", index },
      ];
    case "reasoning":
      return [
        { type: "block-start", index, block: { type: "reasoning", text: "" } },
        delta(block.text.slice(0, cut)),
        delta(block.text.slice(cut)),
        { type: "block-end", index, ...(block.seal === undefined ? {} : { seal: block.seal }) },
      ];
    default:
      return [{ type: "block-start", index, block }, { type: "block-end", index }];
  }
}

const wireCalls = fc.array(
  record({
    id: ids,
    type: fc.constant("function"),
    function: record({ name: words, arguments: inputs }),
  }),
  { maxLength: 3 },
);

/** Answers as providers write them. */
export const wireAnswers: fc.Arbitrary<JsonObject> = fc.tuple(
  some({
    reasoning_content: words,
    content: fc.option(words),
    refusal: fc.option(words),
    tool_calls: wireCalls,
  }),
  fc.constantFrom("stop", "length", "tool_calls", "content_filter"),
  some({
    usage: record({ prompt_tokens: fc.nat(), completion_tokens: fc.integer({ min: 1 }) }),
  }),
).map(([message, finish_reason, more]) => ({
  id: "r-1",
  model: "m-1",
  choices: [{ index: 0, message: { role: "assistant", ...message }, finish_reason }],
  ...more,
}));

/** The chunks of such an answer, its texts cut anywhere, its calls interleaved. */
export function chunkings(
  answer: JsonObject,
): fc.Arbitrary<{ readonly answer: JsonObject; readonly chunks: readonly JsonObject[] }> {
  const { choices, usage } = Object(answer);
  const { message, finish_reason } = choices[0];
  const chunk = (delta: JsonObject, word: string | null = null) => ({
    id: "r-1",
    model: "m-1",
    choices: [{ index: 0, delta, finish_reason: word }],
  });
  return fc.tuple(fc.nat(8), fc.constantFrom("none", "last", "behind")).map(([cut, place]) => {
    const pieces = (text: string) => [text.slice(0, cut), text.slice(cut)];
    const deltas: JsonObject[] = [{ role: "assistant", content: "" }];
    for (const key of ["reasoning_content", "content", "refusal"]) {
      const text = message[key];
      if (typeof text === "string") deltas.push(...pieces(text).map((piece) => ({ [key]: piece })));
    }
    const calls: readonly JsonObject[] = message.tool_calls ?? [];
    for (const at of [0, 1, 2]) {
      calls.forEach((call, index) =>
        deltas.push({ tool_calls: [callPiece(call, index, at, pieces)] })
      );
    }
    const last = usage !== undefined && place === "last" ? { usage } : {};
    const behind = usage !== undefined && place !== "last" ? [{ choices: [], usage }] : [];
    const chunks = [
      ...deltas.map((delta) => chunk(delta)),
      { ...chunk({}, finish_reason), ...last },
      ...behind,
    ];
    return { answer, chunks };
  });
}

function callPiece(
  call: JsonObject,
  index: number,
  at: number,
  pieces: (text: string) => string[],
): JsonObject {
  const { name, arguments: args } = Object(call.function);
  if (at === 0) return { ...call, index, function: { name, arguments: "" } };
  return { index, function: { arguments: pieces(args)[at - 1] } };
}
