import assert from "node:assert/strict";
import fc from "fast-check";
import { renaming, toolRenaming } from "../../../src/apis/messages/renaming.ts";
import { chatWith } from "./fixtures.ts";

const NAMES: readonly [names: readonly string[], written: readonly string[]][] = [
  [["get_it", "b-2"], ["get_it", "b-2"]],
  [["a.b", "a:b", "a.b"], ["a_b", "a_b_2", "a_b"]],
  [["a_b", "a.b"], ["a_b", "a_b_2"]],
  [["a.b", "a_b"], ["a_b", "a_b_2"]],
  [["", "é"], ["_", "__2"]],
  [["abcdefghij", "abcdefghijk"], ["abcdefgh", "abcdef_2"]],
];

for (const [names, written] of NAMES) {
  Deno.test(`renaming() of ${names.join(", ")}`, () => {
    const renamed = renaming(8);
    assert.deepEqual(names.map(renamed.written), written);
  });
}

Deno.test("renaming() gives allowed names that lead back", () => {
  const name = fc.string({ unit: fc.constantFrom("a", ".", "_", "-", "ä"), maxLength: 12 });
  fc.assert(fc.property(fc.array(name), (names) => {
    const renamed = renaming(8);
    for (const written of names.map(renamed.written)) assert.match(written, /^[a-zA-Z0-9_-]{1,8}$/);
    assert.deepEqual(names.map(renamed.written).map(renamed.original), names);
  }));
});

Deno.test("toolRenaming() knows the names of the chat's tools", () => {
  const chat = chatWith({ tools: [{ type: "function", name: "mail.send" }] });
  assert.equal(toolRenaming(chat).original("mail_send"), "mail.send");
  assert.equal(toolRenaming(chat).original("unknown"), "unknown");
});
