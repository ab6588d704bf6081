import assert from "node:assert/strict";
import { dataUrl } from "../../src/apis/data_url.ts";

Deno.test("dataUrl() holds type and content", async () => {
  const url = dataUrl("text/plain", btoa("hello"));
  assert.equal(url, "data:text/plain;base64,aGVsbG8=");
  assert.equal(await (await fetch(url)).text(), "hello");
});
