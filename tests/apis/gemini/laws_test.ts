import fc from "fast-check";
import assert from "node:assert/strict";
import { geminiCall } from "../../../src/apis/gemini/index.ts";
import { serve } from "../../../src/apis/gemini/serve.ts";
import type { Block } from "../../../src/chat/block.ts";
import type { ChatEvent } from "../../../src/chat/events.ts";
import { losses } from "../../../src/chat/losses.ts";
import type { ChatRequest, Turn } from "../../../src/chat/request.ts";
import type { ChatResponse, FinishReason } from "../../../src/chat/response.ts";
import type { Usage } from "../../../src/chat/usage.ts";
import { foldEvents } from "../../support/chat/fold_events.ts";
import { EMPTY_CHAT, testContext } from "./contexts.ts";

const words = fc.string({ minLength: 1, maxLength: 8 });
const base64 = fc.uint8Array({ minLength: 3, maxLength: 3 }).map((bytes) => bytes.toBase64());
const seal = base64.map((value) => ({ api: "gemini", value } as const));
const text: fc.Arbitrary<Block> = words.map((said) => ({ type: "text", text: said }));
const media: fc.Arbitrary<Block> = fc.oneof(
  base64.map((data) => ({ data })),
  fc.constant({ fileId: "gs://b/x.png", api: "gemini" } as const),
).map((source) => ({ type: "media", mediaType: "image/png", source }));
const thought: fc.Arbitrary<Block> = fc.record({
  type: fc.constant("reasoning" as const),
  text: fc.oneof(fc.constant(""), words),
  seal,
});
const input = fc.dictionary(words, fc.jsonValue(), { maxKeys: 3 }).map((args) =>
  JSON.stringify(JSON.parse(JSON.stringify(args)))
);

/** Turns that Google's API can tell apart: roles alternate, every call has one result. */
const turns: fc.Arbitrary<readonly Turn[]> = fc.array(
  fc.record({
    asked: fc.array(fc.oneof(text, media), { minLength: 1, maxLength: 3 }),
    answered: fc.array(fc.oneof(text, thought), { minLength: 1, maxLength: 3 }),
    calls: fc.array(
      fc.record({ name: words, input, said: fc.array(text, { maxLength: 1 }), seal }),
      {
        maxLength: 3,
      },
    ),
    failed: fc.boolean(),
  }),
  { maxLength: 3 },
).map((rounds) =>
  rounds.flatMap(({ asked, answered, calls, failed }, at): Turn[] => {
    const ids = calls.map((_, index) => `id-${at}-${index}`);
    const made = calls.map(({ name, input, seal }, index): Block => ({
      type: "tool-call",
      id: ids[index] ?? "",
      name,
      input,
      seal,
    }));
    const results = calls.map(({ said }, index): Block => ({
      type: "tool-result",
      callId: ids[index] ?? "",
      blocks: failed ? [{ type: "text", text: "no" }] : said,
      ...(failed ? { failed } : {}),
    }));
    return [
      { role: "user", blocks: [...asked, { type: "text", text: "." }] },
      { role: "assistant", blocks: [...answered, ...made] },
      ...(results.length === 0 ? [] : [{ role: "user" as const, blocks: results }]),
      ...(results.length === 0 ? [] : [{ role: "assistant" as const, blocks: [...answered] }]),
    ];
  })
).filter((all) => all.length > 0);

const schema = fc.constantFrom<unknown>(
  { type: "object", properties: { a: { type: "string", enum: ["x"] } }, required: ["a"] },
  { type: "object", properties: { a: { type: "array", items: { type: "integer" } } } },
);
const number = fc.integer({ min: 1, max: 99 });

const chats: fc.Arbitrary<ChatRequest> = fc.record({
  turns,
  instructions: fc.oneof(fc.constant([]), text.map((block) => [block])),
  tools: fc.array(
    fc.record({ type: fc.constant("function" as const), name: words, description: words, schema }),
    { minLength: 1, maxLength: 2 },
  ),
  toolChoice: fc.oneof(
    fc.constantFrom("auto" as const, "none" as const, "required" as const),
    words.map((name) => ({ name })),
  ),
  sampling: fc.record({
    temperature: number,
    topP: number,
    topK: number,
    stop: fc.array(words, { minLength: 1, maxLength: 2 }),
    seed: number,
    frequencyPenalty: number,
    presencePenalty: number,
    topLogprobs: fc.integer({ min: 0, max: 5 }),
  }, { requiredKeys: [] }),
  candidates: fc.integer({ min: 2, max: 3 }),
  maxOutputTokens: number,
  reasoning: fc.record({ effort: fc.constantFrom("low", "medium", "high") }).map(({ effort }) => ({
    enabled: true,
    effort,
    shown: true,
  })),
  output: fc.oneof(
    fc.constant({ type: "json" } as const),
    schema.map((schema) => ({ type: "json-schema", schema } as const)),
  ),
  serviceTier: fc.constantFrom("flex", "priority"),
}, { requiredKeys: ["turns", "instructions", "tools", "sampling"] }).map((said) => ({
  ...EMPTY_CHAT,
  model: "gemini-3-pro",
  ...said,
}));

Deno.test("readRequest() reads back what writeRequest() wrote", () => {
  fc.assert(fc.property(chats, (chat) => {
    const found = losses({});
    const json = JSON.parse(JSON.stringify(geminiCall.writeRequest(chat, found)));
    const headers = new Headers();
    const read = serve.readRequest({ json, model: chat.model, streaming: false, headers });
    same({ ...read, turns: merged(read.turns) }, {
      ...chat,
      turns: merged(chat.turns),
    });
    same(found.found, []);
  }));
});

/** Equal as JSON: generated objects have no prototype. */
function same(actual: unknown, expected: unknown): void {
  assert.deepEqual(JSON.parse(JSON.stringify(actual)), JSON.parse(JSON.stringify(expected)));
}

/** The user's turns in a row as one: results stand in an entry of their own. */
function merged(all: readonly Turn[]): readonly Turn[] {
  return all.reduce<Turn[]>((done, turn) => {
    const last = done.at(-1);
    if (last?.role !== turn.role) return [...done, turn];
    return [...done.slice(0, -1), { role: turn.role, blocks: [...last.blocks, ...turn.blocks] }];
  }, []);
}

const usage: fc.Arbitrary<Usage> = fc.record({
  inputTokens: fc.nat(99),
  outputTokens: fc.integer({ min: 50, max: 99 }),
  cacheReadTokens: fc.nat(9),
  reasoningTokens: fc.nat(50),
}, { requiredKeys: ["inputTokens", "outputTokens"] });
const call: fc.Arbitrary<Block> = fc.record({
  type: fc.constant("tool-call" as const),
  id: words,
  name: words,
  input,
  seal,
}, { requiredKeys: ["type", "id", "name", "input"] });

/** Answers whose blocks Google's API can tell apart: text does not follow text. */
const answers: fc.Arbitrary<ChatResponse> = fc.record({
  id: words,
  model: words,
  usage,
  blocks: fc.array(fc.oneof(text, thought, call, media), { maxLength: 5 }),
  reason: fc.constantFrom<FinishReason>("stop", "length", "content-filter", "other"),
}).map(({ blocks, reason, ...rest }) => {
  const told = blocks.filter((block, at) => {
    return block.type !== "text" || blocks[at - 1]?.type !== "text";
  });
  const hasCalls = told.some(({ type }) => type === "tool-call");
  const isOwn = hasCalls && (reason === "stop" || reason === "other");
  return {
    ...rest,
    choices: [{ blocks: told, finish: { reason: isOwn ? "tool-calls" : reason } }],
  };
});

Deno.test("readResponse() reads back what writeResponse() wrote", () => {
  fc.assert(fc.property(answers, (answer) => {
    const json = JSON.parse(JSON.stringify(serve.writeResponse(answer, testContext())));
    same(geminiCall.readResponse(json, testContext()), answer);
  }));
});

Deno.test("readStream() reads back what writeStream() wrote, the same as the whole answer", () => {
  fc.assert(fc.property(answers, fc.nat(3), (answer, cut) => {
    const write = serve.writeStream(testContext());
    const frames = eventsOf(answer, cut).map((event) => write(event)).join("").split("\n\n");
    const reader = geminiCall.readStream(testContext());
    const steps = frames.flatMap((frame) => reader.push(frame.slice("data: ".length)));
    same(foldEvents([...steps, ...reader.end()]), answer);
  }));
});

/** An answer as steps, its text in two pieces. */
function eventsOf({ id, model, usage, choices }: ChatResponse, cut: number): ChatEvent[] {
  const [{ blocks, finish } = { blocks: [], finish: { reason: "stop" as const } }] = choices;
  return [
    { type: "start", id, model },
    ...blocks.flatMap((block, index): ChatEvent[] => {
      if (block.type !== "text" && block.type !== "reasoning" && block.type !== "tool-call") {
        return [{ type: "block-start", index, block }, { type: "block-end", index }];
      }
      const said = block.type === "tool-call" ? block.input : block.text;
      const empty: Block = block.type === "tool-call"
        ? { type: "tool-call", id: block.id, name: block.name, input: "" }
        : { type: block.type, text: "" };
      const seal = "seal" in block && block.seal !== undefined ? { seal: block.seal } : {};
      return [
        { type: "block-start", index, block: empty },
        { type: "block-delta", index, text: said.slice(0, cut) },
        { type: "block-delta", index, text: said.slice(cut) },
        { type: "block-end", index, ...seal },
      ];
    }),
    ...(usage === undefined ? [] : [{ type: "usage" as const, usage }]),
    { type: "finish", finish },
    { type: "end" },
  ];
}

/** What Google may write as parts. */
const parts: fc.Arbitrary<object> = fc.oneof(
  fc.record({
    text: fc.oneof(fc.constant(""), words),
    thought: fc.boolean(),
    thoughtSignature: base64,
  }, { requiredKeys: ["text"] }),
  fc.record({
    functionCall: fc.record(
      { name: words, args: fc.dictionary(words, fc.jsonValue()), id: words },
      {
        requiredKeys: ["name"],
      },
    ),
    thoughtSignature: base64,
  }, { requiredKeys: ["functionCall"] }),
  fc.record({ inlineData: fc.record({ mimeType: fc.constant("image/png"), data: base64 }) }),
  fc.record({ executableCode: fc.record({ code: words }) }),
);

Deno.test("readStream() folds to what readResponse() reads, however the parts were sent", () => {
  fc.assert(fc.property(fc.array(parts, { maxLength: 6 }), fc.nat(6), (all, cut) => {
    const head = { responseId: "r", modelVersion: "m" };
    const answer = (list: readonly object[], more: object = {}) => ({
      candidates: [{ content: { parts: list }, ...more }],
      ...head,
    });
    const end = { finishReason: "STOP" };
    const reader = geminiCall.readStream(testContext());
    const steps = [answer(all.slice(0, cut)), answer(all.slice(cut), end)]
      .flatMap((event) => reader.push(JSON.stringify(event)));
    same(
      foldEvents([...steps, ...reader.end()]),
      geminiCall.readResponse(answer(all, end), testContext()),
    );
  }));
});
