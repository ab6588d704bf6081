import assert from "node:assert/strict";
import { complaints } from "../checked.ts";

const withTimeout = (text: string) => `config: {backend: {connectTimeout: ${text}}}`;

Deno.test("the schema refuses a time to connect in which nobody could", () => {
  assert.deepEqual(complaints(withTimeout("1ns")), []);
  for (const none of ["0s", "0h0m", '"0"']) {
    assert.match(complaints(withTimeout(none)).join(), /must be longer than 0/, none);
  }
});
