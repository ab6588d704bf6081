import assert from "node:assert/strict";
import fc from "fast-check";
import type { Api, JsonObject, TextPlace } from "../../src/apis/api.ts";
import { completions } from "../../src/apis/completions/index.ts";
import { gemini } from "../../src/apis/gemini/index.ts";
import { messages } from "../../src/apis/messages/index.ts";
import { responses } from "../../src/apis/responses/index.ts";
import { withTexts } from "../../src/apis/texts.ts";
import { GatewayError } from "../../src/errors.ts";
import { editObject } from "../../src/lib/json_edit.ts";
import { valueAt } from "../../src/lib/json_path_edit.ts";
import { anyAnswer, anyRequest } from "./arbitrary_bodies.ts";

const APIS: readonly Api[] = [completions, messages, responses, gemini];

for (const api of APIS) {
  const { texts } = api;
  assert.ok(texts);
  for (const [kind, bodies] of [["request", anyRequest], ["answer", anyAnswer]] as const) {
    const read = texts[kind];
    Deno.test(`withTexts() puts any texts where ${api.name} has them in a ${kind}`, () => {
      fc.assert(fc.property(bodies, (body) => checkLaws(body, read)), { numRuns: 300 });
    });
  }
}

function checkLaws(given: unknown, read: (body: JsonObject) => readonly TextPlace[]): void {
  const before = JSON.stringify(given), body = JSON.parse(before);
  const places = read(body);
  for (const { text, path } of places) assert.equal(String(valueAt(body, path)), text);
  assert.equal(new Set(places.map(({ path }) => JSON.stringify(path))).size, places.length);
  assert.deepEqual(withTexts(body, places, places.map(({ text }) => text)), {});
  const changed = places.map(({ text }) => `<${text}>`);
  const edited = editObject(body, withTexts(body, places, changed));
  const bare = ({ scope, role, path }: TextPlace) => ({ scope, role, path });
  assert.deepEqual(read(edited).map(bare), places.map(bare));
  assert.deepEqual(read(edited).map(({ text }) => text), changed);
  assert.equal(JSON.stringify(body), before);
}

Deno.test("withTexts() changes the members alone in which a text has changed", () => {
  const body = { system: "s", messages: [{ role: "user", content: "a" }], model: "m" };
  const places = messages.texts?.request(body) ?? [];
  assert.deepEqual(withTexts(body, places, ["s", "b"]), {
    set: { messages: [{ role: "user", content: "b" }] },
  });
});

Deno.test("withTexts() leaves texts alone for which there is no other", () => {
  const body = { system: "s", messages: [{ role: "user", content: "a" }] };
  const places = messages.texts?.request(body) ?? [];
  assert.deepEqual(withTexts(body, places, ["t"]), { set: { system: "t" } });
});

Deno.test("texts refuse what is too deep to be looked at, and look at what is not", () => {
  const request = (depth: number) => ({
    messages: [{
      role: "assistant",
      content: [{
        type: "tool_use",
        input: JSON.parse("[".repeat(depth) + '"x"' + "]".repeat(depth)),
      }],
    }],
  });
  assert.equal(messages.texts?.request(request(90)).length, 1);
  for (const depth of [100, 5000]) {
    assert.throws(
      () => messages.texts?.request(request(depth)),
      (error) => error instanceof GatewayError && error.kind === "invalid-request",
    );
  }
});
