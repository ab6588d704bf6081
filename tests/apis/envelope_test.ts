import assert from "node:assert/strict";
import { checkModel, checkStream } from "../../src/apis/envelope.ts";

Deno.test("checkModel() takes any name and nothing else", () => {
  for (const model of ["m", ""]) checkModel({ model });
  for (const request of [{}, { model: null }, { model: 1 }, { model: ["m"] }]) {
    assert.throws(() => checkModel(request), {
      message: "missing field: model not specified",
      code: "missing_model",
      param: "model",
    });
  }
});

Deno.test("checkStream() takes true, false and nothing", () => {
  for (const request of [{}, { stream: null }, { stream: true }, { stream: false }]) {
    checkStream(request);
  }
  for (const stream of ["true", 1, {}]) {
    assert.throws(() => checkStream({ stream }), {
      message: "invalid field: stream must be a boolean",
      code: "invalid_type",
      param: "stream",
    });
  }
});
