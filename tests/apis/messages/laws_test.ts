import assert from "node:assert/strict";
import fc from "fast-check";
import type { JsonObject } from "../../../src/apis/api.ts";
import { messagesCall } from "../../../src/apis/messages/index.ts";
import { serve } from "../../../src/apis/messages/serve.ts";
import type { Block } from "../../../src/chat/block.ts";
import type { ChatEvent } from "../../../src/chat/events.ts";
import type { FinishReason } from "../../../src/chat/response.ts";
import { sseSplitter } from "../../../src/lib/sse.ts";
import { foldEvents } from "../../support/chat/fold_events.ts";
import { accumulate } from "./accumulate.ts";
import { answerBlock, chat } from "./arbitrary_chat.ts";
import { answerContext, callContext, noLosses, readRequest } from "./fixtures.ts";

Deno.test("readRequest() reads what writeRequest() wrote, and nothing is lost", () => {
  fc.assert(fc.property(chat, (chat) => {
    const losses = noLosses();
    const request = messagesCall.writeRequest(chat, losses);
    // Over the wire, as JSON.
    const json: JsonObject = JSON.parse(JSON.stringify(request));
    assert.deepEqual(readRequest(json), chat);
    assert.deepEqual(losses.found, []);
  }));
});

const REASONS: readonly FinishReason[] = ["stop", "length", "tool-calls", "refusal", "paused"];

/** Where a text is cut into pieces. */
const cuts = fc.array(fc.nat(8), { maxLength: 3 });

interface Told {
  readonly block: Block;
  readonly cuts: readonly number[];
}

/** The steps of a block, each with its index. */
function stepsOf({ block, cuts }: Told, index: number): ChatEvent[] {
  const text = "text" in block ? block.text : block.type === "tool-call" ? block.input : "";
  const ends = [...new Set([...cuts, text.length])].filter((end) => end <= text.length).sort(
    (one, other) => one - other,
  );
  const pieces = ends.map((end, at) => text.slice(ends[at - 1] ?? 0, end));
  const empty: Block = block.type === "tool-call"
    ? { ...block, input: "" }
    : block.type === "reasoning"
    ? { type: "reasoning", text: "" }
    : block.type === "text"
    ? { ...block, text: "" }
    : block;
  const seal = block.type === "reasoning" ? block.seal : undefined;
  return [
    { type: "block-start", index, block: empty },
    ...pieces.map((text): ChatEvent => ({ type: "block-delta", index, text })),
    { type: "block-end", index, ...(seal && { seal }) },
  ];
}

/**
 * Weaves the steps of blocks into each other: `picks` say which block goes on. A block starts only
 * after all before it have started.
 */
function woven(blocks: readonly ChatEvent[][], picks: readonly number[]): ChatEvent[] {
  const left = blocks.map((steps) => [...steps]);
  const out: ChatEvent[] = [];
  let started = 0;
  for (let turn = 0; left.some((steps) => steps.length > 0); turn++) {
    const open = left.flatMap((steps, index) =>
      steps.length > 0 && index <= started ? [index] : []
    );
    const index = open[(picks[turn % picks.length] ?? 0) % open.length] ?? 0;
    const step = left[index]?.shift();
    if (step?.type === "block-start") started++;
    if (step !== undefined) out.push(step);
  }
  return out;
}

const answer = fc.record({
  told: fc.array(fc.record({ block: answerBlock, cuts }), { maxLength: 4 }),
  picks: fc.array(fc.nat(5), { minLength: 1, maxLength: 9 }),
  reason: fc.constantFrom(...REASONS),
  input: fc.integer({ min: 50, max: 99 }),
  output: fc.nat(99),
  cacheRead: fc.option(fc.nat(50), { nil: undefined }),
}).map(({ told, picks, reason, input, output, cacheRead }): readonly ChatEvent[] => {
  const usage = {
    inputTokens: input,
    outputTokens: output,
    ...(cacheRead !== undefined && { cacheReadTokens: cacheRead }),
  };
  const calls = told.some(({ block }) => block.type === "tool-call");
  return [
    { type: "start", id: "msg_1", model: "claude-x", usage: { inputTokens: input } },
    ...woven(told.map(stepsOf), picks),
    { type: "finish", finish: { reason: reason === "stop" && calls ? "tool-calls" : reason } },
    { type: "usage", usage },
    { type: "end" },
  ];
});

/** The text of a stream for a client. */
function written(events: readonly ChatEvent[]): string {
  const write = serve.writeStream(answerContext());
  return events.map((event) => write(event)).join("");
}

Deno.test("writeStream(), put together by the SDK, is what writeResponse() writes", async () => {
  await fc.assert(
    fc.asyncProperty(answer, async (events) => {
      const whole = serve.writeResponse(foldEvents(events), answerContext());
      assert.deepEqual(await accumulate(written(events)), JSON.parse(JSON.stringify(whole)));
    }),
    { numRuns: 60 },
  );
});

/** The steps that a provider's stream makes. */
function read(text: string): readonly ChatEvent[] {
  const reader = messagesCall.readStream(callContext());
  const frames = sseSplitter().push(new TextEncoder().encode(text));
  return [...frames.flatMap(({ data = "" }) => reader.push(data)), ...reader.end()];
}

Deno.test("readStream() of what writeStream() wrote folds to the same answer", () => {
  fc.assert(fc.property(answer, (events) => {
    assert.deepEqual(foldEvents(read(written(events))), foldEvents(events));
  }));
});

Deno.test("readStream(), folded, is what readResponse() reads", () => {
  fc.assert(fc.property(answer, (events) => {
    const whole: JsonObject = JSON.parse(
      JSON.stringify(serve.writeResponse(foldEvents(events), answerContext())),
    );
    const folded = foldEvents(read(written(events)));
    assert.deepEqual(folded, messagesCall.readResponse(whole, callContext()));
  }));
});

Deno.test("readStream() of a stream that is cut anywhere ends in an error or whole", () => {
  fc.assert(fc.property(answer, fc.nat(), (events, at) => {
    const text = written(events);
    const end = text.lastIndexOf("\n\n", at % text.length);
    const steps = read(end < 0 ? "" : text.slice(0, end + 2));
    const last = steps.at(-1);
    assert.ok(last?.type === "error" || last?.type === "end");
    if (last.type === "end") foldEvents(steps);
    assert.equal(steps.filter(({ type }) => type === "end" || type === "error").length, 1);
  }));
});
