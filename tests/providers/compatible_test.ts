import assert from "node:assert/strict";
import * as v from "valibot";
import { compatible } from "../../src/providers/compatible/index.ts";
import { PRESETS } from "../../src/providers/compatible/presets.ts";

Deno.test("connect() takes name, model and special path from the settings", () => {
  const provider = compatible.connect({
    formats: [{ type: "completions", path: "/x" }],
    model: "m",
    providerOverride: "mine",
  }, { now: () => 0 });
  assert.deepEqual([provider.name, provider.model, provider.paths.exact], [
    "mine",
    "m",
    { completions: "/x" },
  ]);
  const plain = compatible.connect({ formats: [{ type: "completions" }] }, { now: () => 0 });
  assert.deepEqual([plain.name, plain.origin, plain.paths.exact], ["custom", undefined, {}]);
});

const REFUSED: readonly [unknown, RegExp][] = [
  [{}, /formats/],
  [{ formats: [] }, /at least one format/],
  [{ formats: [{ type: "messages" }] }, /not supported yet: messages/],
  [{ formats: [{ type: "completion" }] }, /completion/],
  [{ formats: [{ type: "completions", path: "x" }] }, /must begin with \//],
  [{ formats: [{ type: "completions" }], nope: 1 }, /unknown key "nope"/],
];

for (const [settings, expected] of REFUSED) {
  Deno.test(`settings refuse ${JSON.stringify(settings)}`, () => {
    const { issues } = v.safeParse(compatible.settings, settings);
    assert.match(JSON.stringify(issues?.map((issue) => issue.message)), toQuoted(expected));
  });
}

function toQuoted({ source }: RegExp): RegExp {
  return new RegExp(source.replaceAll('"', '\\\\?"'));
}

Deno.test("presets are the thirteen of the reference, at addresses that parse", () => {
  assert.equal(Object.keys(PRESETS).length, 13);
  for (const { baseUrl } of Object.values(PRESETS)) assert.ok(URL.canParse(baseUrl), baseUrl);
  assert.equal(PRESETS.ollama?.baseUrl, "http://localhost:11434/v1");
  assert.equal(PRESETS.cohere?.completionsPath, "/compatibility/v1/chat/completions");
});
