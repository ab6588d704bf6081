import assert from "node:assert/strict";
import * as v from "valibot";
import { alternatives, closedWords } from "../../src/lib/closed_words.ts";

Deno.test("closedWords() accepts its words and refuses the later ones as not supported yet", () => {
  const Protocol = closedWords(["http", "tcp"], ["quic"]);
  const message = (input: unknown) => v.safeParse(Protocol, input).issues?.[0].message;
  assert.equal(message("tcp"), undefined);
  assert.equal(message("quic"), "not supported yet: quic");
  assert.equal(message("htpt"), 'expected "http" or "tcp"');
  assert.equal(message(1), 'expected "http" or "tcp"');
});

Deno.test("alternatives() joins words with commas and or", () => {
  assert.equal(alternatives(["a"]), '"a"');
  assert.equal(alternatives(["a", "b"]), '"a" or "b"');
  assert.equal(alternatives(["a", "b", "c"]), '"a", "b" or "c"');
});
