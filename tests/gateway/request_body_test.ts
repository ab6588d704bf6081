import assert from "node:assert/strict";
import { gateway, json, modelsBackend } from "./harness.ts";

Deno.test("modelIn() refuses a form with several models, of which one alone was judged", async () => {
  const models: readonly (readonly (string | File)[])[] = [
    ["m", "secret"],
    ["m", "m"],
    ["m", new File(["secret"], "secret")],
  ];
  for (const values of models) {
    const it = gateway(() => json("{}"), { backend: modelsBackend({ m: {} }) });
    const body = new FormData();
    for (const value of values) body.append("model", value);
    const response = await it.ask(new Request("http://x/v1/audio", { method: "POST", body }));
    assert.deepEqual([response.status, it.calls.length], [400, 0]);
    assert.equal((await response.json()).error.code, "invalid_model");
  }
});

Deno.test("handle() hands nothing through whose path and body name different models", async () => {
  for (
    const [model, status] of [["m", 200], ["secret", 400], [1, 400], [undefined, 200]] as const
  ) {
    const it = gateway(() => json("{}"), { backend: modelsBackend({ m: {} }) });
    const request = { method: "POST", body: JSON.stringify({ model }) };
    const response = await it.ask(new Request("http://x/model/m/invoke", request));
    assert.deepEqual([response.status, it.calls.length], [status, status === 200 ? 1 : 0]);
  }
});
