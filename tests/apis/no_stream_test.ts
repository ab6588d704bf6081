import assert from "node:assert/strict";
import { noStream } from "../../src/apis/no_stream.ts";

Deno.test("noStream says that nothing streams, whatever the request says", () => {
  const request = { stream: true, temperature: 1 };
  assert.equal(noStream.streams(request, "/"), false);
  assert.equal(noStream.askForUsage(request), undefined);
  assert.deepEqual(noStream.parameters(request), {});
});

Deno.test("noStream passes frames on as they came", () => {
  const watch = noStream.watchStream({}), bytes = new Uint8Array([1, 2]);
  assert.equal(watch.see({ bytes, data: undefined }), bytes);
  assert.deepEqual(watch.summary, { textLength: 0 });
  assert.equal(watch.started, true);
  assert.equal(watch.progress, "answered");
});
