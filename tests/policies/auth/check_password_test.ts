import assert from "node:assert/strict";
import { GatewayError } from "../../../src/errors.ts";
import { passwordChecker } from "../../../src/policies/auth/check_password.ts";
import { parseHtpasswd } from "../../../src/policies/auth/htpasswd.ts";

const BCRYPT = "$2y$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a";

function checker(text = `ada:${BCRYPT}`) {
  return passwordChecker(parseHtpasswd(text).users);
}

Deno.test("passwordChecker() answers at once what it was asked before", async () => {
  const isRight = checker();
  assert.equal(await isRight("ada", "secret"), true);
  assert.equal(isRight("ada", "secret"), true);
  assert.equal(await isRight("ada", "wrong"), false);
  assert.equal(isRight("ada", "wrong"), false);
});

Deno.test("passwordChecker() does the work once for many who ask at the same time", async () => {
  const isRight = checker();
  const first = isRight("ada", "secret");
  for (let again = 0; again < 1000; again++) assert.equal(isRight("ada", "secret"), first);
  assert.equal(await first, true);
});

Deno.test("passwordChecker() never takes a stranger for the user whose hash is used", async () => {
  assert.equal(await checker()("nobody", "secret"), false);
  assert.equal(await checker("")("nobody", "secret"), false);
});

Deno.test("passwordChecker() refuses to queue without end, for unknown users too, and recovers", async () => {
  for (const name of ["ada", "nobody"]) {
    const isRight = checker();
    const answers = await Promise.allSettled(
      Array.from({ length: 100 }, (_, index) => isRight(name, `guess ${index}`)),
    );
    const refused = answers.filter((answer) => answer.status === "rejected");
    assert.equal(refused.length, 36, name);
    for (const { reason } of refused) {
      assert.ok(reason instanceof GatewayError);
      assert.deepEqual([reason.status, reason.headers], [503, { "retry-after": "1" }]);
    }
    assert.equal(await isRight("ada", "secret"), true);
  }
});
