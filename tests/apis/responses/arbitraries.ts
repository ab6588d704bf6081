import * as fc from "fast-check";
import type { Block, CacheHint, TokenLogprob } from "../../../src/chat/block.ts";
import type { ChatRequest, Turn } from "../../../src/chat/request.ts";
import type { ChatResponse } from "../../../src/chat/response.ts";
import { chatOf } from "./samples.ts";

const text = fc.string({ minLength: 1, maxLength: 12, unit: "grapheme" });
const id = fc.stringMatching(/^[a-z0-9_]{1,20}$/).filter((value) => !value.includes("__thought__"));
const name = fc.stringMatching(/^[a-z_]{1,10}$/);
const json = fc.dictionary(name, fc.oneof(fc.integer(), text, fc.boolean())).map((value) =>
  JSON.stringify(value)
);
const tokens = fc.nat(1_000_000);
const base64 = fc.uint8Array({ minLength: 1, maxLength: 9 }).map((bytes) =>
  btoa(String.fromCharCode(...bytes))
);

const token = fc.record({ token: text, logprob: fc.integer({ min: -50, max: 0 }) }).map((
  entry,
) => ({
  ...entry,
  bytes: [...new TextEncoder().encode(entry.token)],
}));
const logprob: fc.Arbitrary<TokenLogprob> = fc.record({
  token,
  top: fc.array(token, { maxLength: 2 }),
}).map(({ token, top }) => ({ ...token, top }));

const textBlock: fc.Arbitrary<Block> = text.map((text) => ({ type: "text", text }));
const measuredText: fc.Arbitrary<Block> = fc.record({
  text,
  logprobs: fc.array(logprob, { minLength: 1, maxLength: 3 }),
}).map((members) => ({ type: "text", ...members }));
const refusal: fc.Arbitrary<Block> = text.map((text) => ({ type: "refusal", text }));
const reasoning: fc.Arbitrary<Block> = fc.record({
  text: fc.oneof(text, fc.constant("")),
  value: id,
  id,
})
  .map(({ text, ...seal }) => ({ type: "reasoning", text, seal: { api: "responses", ...seal } }));
const call: fc.Arbitrary<Block> = fc.record({ id, name, input: json, custom: fc.boolean() })
  .map(({ custom, ...members }) => ({
    type: "tool-call",
    ...members,
    ...(custom ? { custom } : {}),
  }));

/** Whole answers of every kind of block that the API has. */
export const responses: fc.Arbitrary<ChatResponse> = fc.record({
  id: id.map((value) => `resp_${value}`),
  model: name,
  blocks: fc.uniqueArray(fc.oneof(textBlock, measuredText, refusal, reasoning, call), {
    maxLength: 6,
    selector: (block) => block.type === "tool-call" ? block.id : block,
  }),
  cut: fc.constantFrom("length", "content-filter", undefined),
  usage: fc.option(
    fc.record({
      inputTokens: tokens,
      outputTokens: tokens,
      cacheReadTokens: tokens,
      cacheWriteTokens: tokens,
      reasoningTokens: tokens,
    }),
    { nil: undefined },
  ),
  serviceTier: fc.option(name, { nil: undefined }),
}).map(({ id, model, blocks, cut, usage, serviceTier }) => ({
  id,
  model,
  choices: [{ blocks, finish: { reason: cut ?? naturalEnd(blocks) } }],
  ...(usage === undefined ? {} : { usage }),
  ...(serviceTier === undefined ? {} : { serviceTier }),
}));

function naturalEnd(blocks: readonly Block[]) {
  if (blocks.some(({ type }) => type === "tool-call")) return "tool-calls";
  return blocks.some(({ type }) => type === "refusal") ? "refusal" : "stop";
}

const cache: fc.Arbitrary<CacheHint> = fc.constantFrom({}, { ttlSeconds: 1_800 }, {
  ttlSeconds: 43_200,
});

function maybeCached(block: fc.Arbitrary<Block>): fc.Arbitrary<Block> {
  return fc.tuple(block, fc.option(cache, { nil: undefined })).map(([block, cache]) =>
    cache === undefined || !("type" in block) ? block : { ...block, cache }
  );
}

const image: fc.Arbitrary<Block> = fc.record({
  source: fc.oneof(
    fc.record({ url: fc.webUrl() }),
    fc.record({ fileId: id, api: fc.constant("responses" as const) }),
  ),
  detail: fc.option(fc.constantFrom("low", "high", "original"), { nil: undefined }),
}).map(({ source, detail }) => ({
  type: "media",
  mediaType: "image/*",
  source,
  ...(detail === undefined ? {} : { detail }),
}));
const inlineImage: fc.Arbitrary<Block> = base64.map((data) => ({
  type: "media",
  mediaType: "image/png",
  source: { data },
}));
const document: fc.Arbitrary<Block> = fc.record({ data: base64, name }).map(({ data, name }) => ({
  type: "media",
  mediaType: "application/pdf",
  source: { data },
  name: `${name}.pdf`,
}));
const sound: fc.Arbitrary<Block> = fc.record({
  mediaType: fc.constantFrom("audio/mpeg", "audio/wav"),
  data: base64,
}).map(({ mediaType, data }) => ({ type: "media", mediaType, source: { data } }));

const shown = maybeCached(fc.oneof(textBlock, image, inlineImage, document));
const userTurn: fc.Arbitrary<Turn> = fc.array(fc.oneof(shown, sound), {
  minLength: 1,
  maxLength: 4,
})
  .map((blocks) => ({ role: "user", blocks }));

/** An assistant's turn with calls, and the user's with a result for each. */
const toolTurns: fc.Arbitrary<readonly Turn[]> = fc.record({
  before: fc.array(fc.oneof(textBlock, reasoning, refusal), { maxLength: 3 }),
  calls: fc.uniqueArray(call, {
    minLength: 1,
    maxLength: 3,
    selector: (block) => block.type === "tool-call" ? block.id : "",
  }),
  output: fc.oneof(
    fc.tuple(textBlock),
    fc.tuple(fc.oneof(image, inlineImage, document), textBlock),
  ),
  failed: fc.constantFrom(true, false, undefined),
  after: fc.array(shown, { maxLength: 2 }),
}).map(({ before, calls, output, failed, after }) => [
  { role: "assistant", blocks: [...before, ...calls] },
  {
    role: "user",
    blocks: [
      ...calls.map((block): Block => ({
        type: "tool-result",
        callId: block.type === "tool-call" ? block.id : "",
        blocks: output,
        ...(failed === undefined ? {} : { failed }),
      })),
      ...after,
    ],
  },
]);

const assistantTurn: fc.Arbitrary<Turn> = fc.array(fc.oneof(textBlock, refusal, reasoning), {
  minLength: 1,
  maxLength: 3,
}).map((blocks) => ({ role: "assistant", blocks }));

/** Turns in which the sides alternate. */
const turns: fc.Arbitrary<readonly Turn[]> = fc.tuple(
  userTurn,
  fc.array(fc.oneof(toolTurns, fc.tuple(assistantTurn, userTurn)), { maxLength: 3 }),
).map(([first, rest]) => [first, ...rest.flat()]);

const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

/** Chats that the API can carry whole. */
export const chats: fc.Arbitrary<ChatRequest> = fc.record({
  turns,
  instructions: fc.oneof(
    fc.array(textBlock, { maxLength: 1 }),
    fc.tuple(textBlock, text.map((text): Block => ({ type: "text", text, cache: {} }))),
  ),
  tools: fc.array(
    fc.record({
      type: fc.constant("function" as const),
      name,
      description: text,
      schema: fc.constant({ type: "object", properties: { a: { type: "string" } } }),
      strict: fc.boolean(),
    }),
    { maxLength: 2 },
  ),
  toolChoice: optional(
    fc.oneof(
      fc.constantFrom("auto" as const, "none" as const, "required" as const),
      fc.record({ name }),
    ),
  ),
  parallelToolCalls: optional(fc.boolean()),
  sampling: fc.record({
    temperature: fc.double({ min: 0, max: 2, noNaN: true }).filter((value) =>
      !Object.is(value, -0)
    ),
    topP: fc.constantFrom(0.1, 1),
    topLogprobs: fc.nat(20),
  }, { requiredKeys: [] }),
  maxOutputTokens: optional(fc.integer({ min: 16, max: 9_999 })),
  reasoning: optional(fc.constantFrom(
    { effort: "low" },
    { effort: "xhigh", shown: true },
    { shown: true },
  )),
  output: optional(fc.constantFrom(
    { type: "text" as const },
    { type: "json" as const },
    { type: "json-schema" as const, schema: { type: "object" }, name: "a", strict: true },
    { type: "json-schema" as const, schema: { type: "object" }, name: "a", description: "b" },
  )),
  verbosity: optional(fc.constantFrom("low", "high")),
  stream: fc.boolean(),
  user: optional(id),
  metadata: optional(fc.dictionary(name, text)),
  serviceTier: optional(fc.constantFrom("auto", "flex", "priority")),
}).map((members) =>
  chatOf(
    Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)),
  )
);
