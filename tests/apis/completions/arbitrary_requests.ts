import * as fc from "fast-check";
import type { JsonObject } from "../../../src/apis/api.ts";
import type { Block } from "../../../src/chat/block.ts";
import type { ChatRequest, Tool, Turn } from "../../../src/chat/request.ts";
import { functionCalls, ids, objects, record, some, words } from "./arbitrary_members.ts";

const base64 = fc.base64String({ minLength: 4, maxLength: 12 });

const texts: fc.Arbitrary<Block> = record({
  type: fc.constant("text" as const),
  text: fc.string({ maxLength: 8 }),
});
const markedTexts: fc.Arbitrary<Block> = record({
  type: fc.constant("text" as const),
  text: words,
  cache: fc.constantFrom({}, { ttlSeconds: 1800 }, { ttlSeconds: 43_200 }),
});
const media: fc.Arbitrary<Block> = fc.oneof(
  fc.tuple(base64, some({ detail: fc.constantFrom("low", "high") })).map(([data, more]) => ({
    type: "media" as const,
    mediaType: "image/png",
    source: { data },
    ...more,
  })),
  fc.webUrl().map((url) => ({ type: "media" as const, mediaType: "image/*", source: { url } })),
  fc.tuple(fc.constantFrom("audio/mpeg", "audio/wav", "audio/flac"), base64)
    .map(([mediaType, data]) => ({ type: "media" as const, mediaType, source: { data } })),
  fc.tuple(words, base64).map(([name, data]) => ({
    type: "media" as const,
    mediaType: "application/pdf",
    source: { data },
    name,
  })),
  ids.map((fileId) => ({
    type: "media" as const,
    mediaType: "application/octet-stream",
    source: { fileId, api: "completions" as const },
  })),
);
const natives: fc.Arbitrary<Block> = ids.map((url) => ({
  type: "native",
  api: "completions",
  name: "video_url",
  value: { type: "video_url", video_url: { url } },
}));
const results: fc.Arbitrary<Block> = record({
  type: fc.constant("tool-result" as const),
  callId: ids,
  blocks: fc.array(words.map((text) => ({ type: "text" as const, text })), { maxLength: 2 }),
});

const details = fc.array(
  record({ type: fc.constant("reasoning.text"), text: words, signature: ids, index: fc.nat(3) }),
  { minLength: 1, maxLength: 2 },
);
const reasoning: fc.Arbitrary<Block> = fc.oneof(
  words.map((text) => ({ type: "reasoning" as const, text })),
  fc.tuple(words, details).map(([text, entries]) => ({
    type: "reasoning" as const,
    text,
    seal: { api: "completions" as const, value: JSON.stringify(entries) },
  })),
);
const refusals: fc.Arbitrary<Block> = words.map((text) => ({ type: "refusal", text }));
const customCalls = record({
  type: fc.constant("tool-call" as const),
  id: ids,
  name: fc.constant("sql"),
  input: fc.string(),
  custom: fc.constant(true),
});

const CUSTOM: Tool = {
  type: "native",
  api: "completions",
  name: "custom",
  value: { type: "custom", custom: { name: "sql" } },
};

/** Turns as they are read: results first, and no turn of results alone before the user's next. */
const userTurns: fc.Arbitrary<Turn> = fc.tuple(
  fc.array(results, { maxLength: 3 }),
  fc.array(fc.oneof(texts, markedTexts, media, natives), { minLength: 1, maxLength: 3 }),
).map(([answered, said]) => ({ role: "user", blocks: [...answered, ...said] }));

const assistantTurns: fc.Arbitrary<Turn> = fc.tuple(
  fc.array(reasoning, { maxLength: 1 }),
  fc.array(words.map((text): Block => ({ type: "text", text })), { maxLength: 2 }),
  fc.array(refusals, { maxLength: 1 }),
  fc.array(fc.oneof(functionCalls, customCalls), { maxLength: 3 }),
).map(([thoughts, said, refused, calls]): Turn => ({
  role: "assistant",
  blocks: [...thoughts, ...said, ...refused, ...calls],
})).filter(({ blocks }) => blocks.length > 0);

const schemas = objects.map((properties) => ({ type: "object", properties }));
const functions: fc.Arbitrary<Tool> = fc.tuple(
  words,
  schemas,
  some({ description: words, strict: fc.boolean() }),
).map(([name, schema, more]) => ({ type: "function", name, schema, ...more }));

/** Requests of all that chat completions can carry. */
export const requests: fc.Arbitrary<ChatRequest> = fc.tuple(
  record({
    api: fc.constant("completions" as const),
    // A model that takes all marks and every effort; not with tools, which some of them refuse.
    model: fc.constant("gpt-5.6"),
    instructions: fc.array(fc.oneof(texts, markedTexts), { maxLength: 2 }),
    turns: fc.array(fc.oneof(userTurns, assistantTurns), { maxLength: 4 }).filter(isAsRead),
    sampling: some({
      temperature: fc.double({ noNaN: true, noDefaultInfinity: true, min: 0, max: 2 }),
      topP: fc.constantFrom(0.1, 1),
      stop: fc.array(words, { minLength: 1, maxLength: 2 }),
      seed: fc.integer(),
      frequencyPenalty: fc.constantFrom(-1, 0.5),
      presencePenalty: fc.constantFrom(-1, 0.5),
      logitBias: fc.constantFrom({ "7": -100 }, { "50256": 1, "8": 2 }),
      topLogprobs: fc.nat(20),
    }),
    native: fc.constantFrom<JsonObject>({}, { store: true, prompt_cache_key: "k" }),
  }),
  some({
    maxOutputTokens: fc.nat(),
    output: fc.oneof(
      fc.constant({ type: "json" as const }),
      fc.tuple(words, schemas, some({ description: words, strict: fc.boolean() })).map(
        ([name, schema, more]) => ({ type: "json-schema" as const, name, schema, ...more }),
      ),
    ),
    verbosity: fc.constantFrom("low", "high"),
    user: ids,
    metadata: objects,
    serviceTier: fc.constantFrom("auto", "flex"),
  }),
  fc.oneof(
    fc.constantFrom({ stream: true }, { stream: false }),
    fc.constant({ stream: false, candidates: 2 }),
  ),
  fc.oneof(
    some({
      reasoning: fc.constantFrom({ enabled: false }, { effort: "minimal" }, { effort: "xhigh" }),
    }).map((more) => ({ tools: [], ...more })),
    record({
      tools: fc.array(functions, { minLength: 1, maxLength: 3 }),
      reasoning: fc.constant({ enabled: false }),
    }).chain((base) =>
      some({
        toolChoice: fc.constantFrom("auto" as const, "none" as const, "required" as const, {
          name: base.tools[0]?.type === "function" ? base.tools[0].name : "f",
        }),
        parallelToolCalls: fc.boolean(),
      }).map((more) => ({ ...base, ...more }))
    ),
  ),
).map(([base, more, way, tooled]) => {
  const tools = callsCustom(base.turns) ? [...tooled.tools, CUSTOM] : tooled.tools;
  const reasoning = tools.length > 0 ? { reasoning: { enabled: false } } : {};
  return { ...base, ...more, ...way, ...tooled, tools, ...reasoning };
});

function callsCustom(turns: readonly Turn[]): boolean {
  return turns.some(({ blocks }) =>
    blocks.some((block) => block.type === "tool-call" && block.custom === true)
  );
}

/** Turns of one side whose later one has results would be written as one. */
function isAsRead(turns: readonly Turn[]): boolean {
  return turns.every(({ role, blocks }, index) =>
    role === "assistant" || turns[index - 1]?.role !== "user" ||
    blocks.every(({ type }) => type !== "tool-result")
  );
}
