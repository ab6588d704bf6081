import assert from "node:assert/strict";
import { losses, lossesHeader, refuseLosses } from "../../src/chat/losses.ts";
import { GatewayError } from "../../src/errors.ts";

Deno.test("losses() names each field once, in the client's words", () => {
  const lost = losses({ topK: "top_k" });
  lost.dropped("topK");
  lost.changed("topK");
  lost.changed("reasoning");
  lost.droppedField("labels");
  assert.deepEqual(lost.found, [
    { kind: "dropped", field: "top_k" },
    { kind: "changed", field: "reasoning" },
    { kind: "dropped", field: "labels" },
  ]);
});

Deno.test("lossesHeader() groups fields by what happened to them", () => {
  const lost = losses({});
  lost.changed("reasoning");
  lost.dropped("seed");
  lost.droppedField("store");
  assert.equal(lossesHeader(lost.found), "dropped=seed,store; changed=reasoning");
  assert.equal(lossesHeader([]), "");
});

Deno.test("lossesHeader() gives no client the means to write header lines of its own", () => {
  const lost = losses({});
  lost.droppedField("a\r\nset-cookie: x, é;b=c");
  const header = lossesHeader(lost.found);
  assert.doesNotThrow(() => new Headers({ "x-test": header }));
  assert.equal(header, "dropped=a%0D%0Aset-cookie%3A%20x%2C%20%C3%A9%3Bb%3Dc");
});

Deno.test("lossesHeader() stays short however many fields there are", () => {
  const lost = losses({});
  for (let count = 0; count < 43; count++) lost.droppedField(`messages[].${count}`);
  const header = lossesHeader(lost.found);
  assert.ok(header.startsWith("dropped=messages[].0,messages[].1,"));
  assert.ok(header.endsWith(",messages[].39,+3"));
});

Deno.test("refuseLosses() refuses with the first field and names them all", () => {
  const lost = losses({});
  refuseLosses(lost.found, "converse");
  lost.dropped("seed");
  lost.droppedField("store");
  assert.throws(() => refuseLosses(lost.found, "converse"), (error) => {
    assert.ok(error instanceof GatewayError);
    assert.equal(error.status, 400);
    assert.equal(error.param, "seed");
    assert.match(error.message, /converse API cannot carry: seed, store/);
    return true;
  });
});
