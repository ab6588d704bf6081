import assert from "node:assert/strict";
import fc from "fast-check";
import type { ApiName, JsonObject } from "../../src/apis/api.ts";
import { cachePoints } from "../../src/apis/prompt_caching.ts";
import { editObject } from "../../src/lib/json_edit.ts";
import { isMapping } from "../../src/lib/mapping.ts";
import { EVERYTHING } from "./prompt_caching_settings.ts";

const CLAUDE = "anthropic.claude-sonnet-4-5-20250929-v1:0";

Deno.test("cachePoints() asks for so many tokens in front of a mark, tools and system among them", () => {
  const body = {
    tools: [{ name: "t".repeat(400) }],
    system: "s".repeat(400),
    messages: [{ role: "user", content: "u" }],
  };
  const marked = (minTokens: number, promptTokens?: number) => {
    const settings = { ...EVERYTHING, minTokens };
    const edits = cachePoints("messages", body, settings, { model: CLAUDE, promptTokens });
    return Object.keys(edits?.set ?? {}).sort();
  };
  assert.deepEqual(marked(100), ["messages", "system", "tools"]);
  assert.deepEqual(marked(150), ["messages", "system"]);
  assert.deepEqual(marked(210), ["messages"]);
  assert.deepEqual(marked(300), []);
  assert.deepEqual(marked(300, 1000), ["messages", "system", "tools"]);
  assert.deepEqual(marked(150, 200), ["messages", "system"]);
  assert.deepEqual(marked(100, 20), []);
});

Deno.test("cachePoints() counts no pictures, files and seals", () => {
  const data = "A".repeat(100_000);
  const content = [
    { type: "image", source: { type: "base64", data } },
    { type: "thinking", thinking: "t", signature: data },
    { type: "text", text: "u" },
  ];
  const body = { messages: [{ role: "user", content }] };
  const settings = { ...EVERYTHING, minTokens: 1024 };
  assert.equal(cachePoints("messages", body, settings, { model: CLAUDE }), undefined);
});

Deno.test("cachePoints() leaves APIs alone whose providers cache by themselves", () => {
  const names: readonly ApiName[] = ["completions", "responses", "gemini", "embeddings"];
  const body = { system: "s", messages: [{ role: "user", content: "u" }] };
  for (const api of names) {
    assert.equal(cachePoints(api, body, EVERYTHING, { model: CLAUDE }), undefined);
  }
});

const mark = fc.constantFrom({}, {}, { cache_control: { type: "ephemeral" } }, {
  cache_control: { type: "ephemeral", ttl: "1h" },
});
const block = fc.tuple(fc.constantFrom("", "a"), mark)
  .map(([text, own]) => ({ type: "text", text, ...own }));
const content = fc.oneof(fc.string(), fc.array(block, { maxLength: 3 }));
const messagesBody = fc.record({
  tools: fc.array(mark.map((own) => ({ name: "t", ...own })), { maxLength: 2 }),
  system: content,
  messages: fc.array(content.map((said) => ({ role: "user", content: said })), { maxLength: 3 }),
}, { requiredKeys: [] });

const point = fc.constantFrom({ text: "a" }, { text: "b" }, { cachePoint: { type: "default" } });
const points = fc.array(point, { maxLength: 3 });
const converseBody = fc.record({
  toolConfig: fc.record({ tools: points }),
  system: points,
  messages: fc.array(points.map((said) => ({ role: "user", content: said })), { maxLength: 3 }),
}, { requiredKeys: [] });

for (const [api, bodies] of [["messages", messagesBody], ["converse", converseBody]] as const) {
  Deno.test(`cachePoints() adds to ${api} no more marks than there may be, and each once`, () => {
    fc.assert(
      fc.property(bodies, (body) => checkLaws(api, JSON.parse(JSON.stringify(body)))),
      { numRuns: 500 },
    );
  });
}

function checkLaws(api: ApiName, body: JsonObject): void {
  const edits = cachePoints(api, body, EVERYTHING, { model: CLAUDE });
  if (edits === undefined) return;
  const marked = editObject(body, edits), own = marksIn(body), all = marksIn(marked);
  assert.ok(all > own && all <= Math.max(4, own), `${own} and then ${all}`);
  assert.deepEqual(bare(marked), bare(body));
  assert.equal(cachePoints(api, marked, EVERYTHING, { model: CLAUDE }), undefined);
}

function marksIn(body: unknown): number {
  return JSON.stringify(body).match(/"cache_control"|"cachePoint"/g)?.length ?? 0;
}

/** A body without marks, its texts as blocks. */
function bare(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.filter((it) => !isMapping(it) || !("cachePoint" in it)).map(bare);
  }
  if (!isMapping(value)) return value;
  const { cache_control: _, ...rest } = value;
  return Object.fromEntries(
    Object.entries(rest).map(([name, inner]) => [
      name,
      (name === "system" || name === "content") && typeof inner === "string"
        ? [{ type: "text", text: inner }]
        : bare(inner),
    ]),
  );
}
