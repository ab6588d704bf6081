import fc from "fast-check";
import type { Block, CacheHint, ToolResultBlock } from "../../../src/chat/block.ts";
import type { ChatRequest, Sampling, Tool, Turn } from "../../../src/chat/request.ts";
import { defined } from "../../../src/lib/defined.ts";
import { chatWith, OLD_MODEL } from "./fixtures.ts";

const plain = { noNullPrototype: true } as const;

/** Text that is not blank. */
export const words = fc.string({ unit: "grapheme", minLength: 1, maxLength: 8 })
  .map((text) => `w${text}`);
const name = fc.string({
  unit: fc.constantFrom("a", "B", "7", "_", "-"),
  minLength: 1,
  maxLength: 9,
});
const cache = fc.option(
  fc.constantFrom<CacheHint>({}, { ttlSeconds: 300 }, { ttlSeconds: 3600 }),
  { nil: undefined },
);
const data = fc.constantFrom("AA==", "QUJD");
const seal = name.map((value) => ({ api: "messages", value } as const));

const text = words.map((text): Block => ({ type: "text", text }));
const media = fc.oneof(
  data.map((data): Block => ({ type: "media", mediaType: "image/png", source: { data } })),
  name.map((path): Block => ({
    type: "media",
    mediaType: "image/*",
    source: { url: `https://x/${path}` },
  })),
  fc.record({ name, data }, plain).map(({ name, data }): Block => ({
    type: "media",
    mediaType: "application/pdf",
    source: { data },
    name,
  })),
  fc.constant<Block>({
    type: "media",
    mediaType: "text/plain",
    source: { data: "QUJD" },
  }),
);
const input = fc.dictionary(name, fc.oneof(fc.nat(), words, fc.boolean()), plain)
  .map((value) => JSON.stringify(value));

/** Blocks of an answer that the API has a form for. */
export const answerBlock = fc.oneof(
  text,
  fc.record({ words, seal }, plain)
    .map(({ words, seal }): Block => ({ type: "reasoning", text: words, seal })),
  seal.map((seal): Block => ({ type: "reasoning", text: "", seal })),
  seal.map((seal): Block => ({ type: "reasoning", text: "", seal: { ...seal, redacted: true } })),
  fc.record({ id: name, name, input }, plain)
    .map((call): Block => ({ type: "tool-call", ...call })),
  name.map((id): Block => ({
    type: "native",
    api: "messages",
    name: "server_tool_use",
    value: { type: "server_tool_use", id, name: "web_search", input: {} },
  })),
);

const result = fc.record({
  callId: name,
  blocks: fc.oneof(
    text.map((block) => [block]),
    fc.array(fc.oneof(text, media), { minLength: 2, maxLength: 3 }),
  ),
  failed: fc.option(fc.boolean(), { nil: undefined }),
}, plain).map(({ callId, blocks, failed }): ToolResultBlock => ({
  type: "tool-result",
  callId,
  blocks,
  ...defined({ failed }),
}));

/** Questions and answers in turn, ending in a question. */
const turns = fc.record({
  pairs: fc.array(
    fc.record({
      results: fc.array(result, { maxLength: 2 }),
      asked: fc.array(fc.oneof(text, media), { minLength: 1, maxLength: 3 }),
      said: fc.array(answerBlock, { minLength: 1, maxLength: 4 }),
    }, plain),
    { maxLength: 3 },
  ),
  last: fc.record({ words, cache }, plain),
}, plain).map(({ pairs, last }): readonly Turn[] => [
  ...pairs.flatMap(({ results, asked, said }): Turn[] => [
    { role: "user", blocks: [...results, ...asked] },
    { role: "assistant", blocks: said },
  ]),
  {
    role: "user",
    blocks: [{ type: "text", text: last.words, ...defined({ cache: last.cache }) }],
  },
]);

const instructions = fc.oneof(
  fc.constant([]),
  text.map((block) => [block]),
  fc.array(words, { minLength: 1, maxLength: 2 })
    .map((texts) => texts.map((text): Block => ({ type: "text", text, cache: {} }))),
);

const schema = fc.dictionary(name, fc.constantFrom({ type: "string" }, { type: "integer" }), {
  ...plain,
  minKeys: 1,
  maxKeys: 3,
}).map((properties) => ({ type: "object", properties, additionalProperties: false }));

const tools = fc.record({
  named: fc.uniqueArray(
    fc.record({
      name,
      description: fc.option(words, { nil: undefined }),
      schema,
      strict: fc.constantFrom(true, undefined),
    }, plain),
    { maxLength: 3, selector: (tool) => tool.name },
  ),
  cache,
  native: fc.boolean(),
}, plain).map(({ named, cache, native }): readonly Tool[] => [
  ...named.map((tool, index): Tool => ({
    type: "function",
    ...defined(tool),
    name: tool.name,
    ...(index === 0 ? defined({ cache }) : {}),
  })),
  ...(native
    ? [{ type: "native", api: "messages", name: "bash_1", value: { type: "bash_1" } }] as const
    : []),
]);

const maybe = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: undefined });
const fraction = fc.integer({ min: 0, max: 100 }).map((percent) => percent / 100);

const sampling = fc.record({
  temperature: maybe(fraction),
  topP: maybe(fraction),
  topK: maybe(fc.nat(40)),
  stop: maybe(fc.array(words, { minLength: 1, maxLength: 2 })),
}, plain).map((fields): Sampling => defined(fields));

const reasoning = fc.record({
  budgetTokens: fc.integer({ min: 1024, max: 8000 }),
  shown: maybe(fc.boolean()),
}, plain).map((fields) => ({ enabled: true, ...defined(fields) }));

const thinking = maybe(
  fc.record({ reasoning, topP: maybe(fc.constantFrom(0.95, 1)) }, plain)
    .map(({ reasoning, topP }): Partial<ChatRequest> => ({
      reasoning,
      sampling: defined({ topP }),
      maxOutputTokens: 8001,
    })),
);

/** A chat of a client of this API, with nothing in it that this API cannot say. */
export const chat = fc.record({
  instructions,
  turns,
  tools,
  sampling,
  output: maybe(schema.map((schema) => ({ type: "json-schema", schema } as const))),
  maxOutputTokens: fc.nat(),
  stream: fc.boolean(),
  user: maybe(words),
  serviceTier: maybe(fc.constantFrom("auto", "standard_only")),
  native: fc.constantFrom({}, { "metadata.team": "t", container: "c" }),
  thinking,
  choice: fc.constantFrom<ChatRequest["toolChoice"]>(undefined, "auto", "none", "required"),
  parallelToolCalls: maybe(fc.boolean()),
}, plain).map(({ thinking, choice, parallelToolCalls, ...fields }): ChatRequest => {
  const isForced = choice === "required";
  const toolChoice = fields.tools.length === 0 || (isForced && thinking) ? undefined : choice;
  const isSaid = toolChoice === "auto" || toolChoice === "required";
  return {
    ...chatWith({ api: "messages", model: OLD_MODEL }),
    ...defined(fields),
    ...defined({ toolChoice, parallelToolCalls: isSaid ? parallelToolCalls : undefined }),
    ...thinking,
  };
});
