import assert from "node:assert/strict";
import fc from "fast-check";
import { compileExpression } from "../../../src/cel/compile.ts";
import { allowed, authorization, type Rules } from "../../../src/policies/auth/authorization.ts";
import { subjectOf } from "../../support/subject.ts";
import { outcomeOf, policyOf } from "./auth_policy.ts";

const DENIED = "403 authorization_failed: authorization failed";
const FAILS = "jwt.sub == 'nobody'";

/** Rules, and whether they let a request on. */
const DECISIONS: readonly (readonly [readonly unknown[], boolean])[] = [
  [["true"], true],
  [["false"], false],
  [["false", "true"], true],
  [[{ allow: "true" }], true],
  [[{ allow: "false" }, "true"], true],
  [[FAILS], false],
  [[{ deny: "true" }], false],
  [[{ deny: "false" }], true],
  [[{ deny: FAILS }], true],
  [[{ deny: "true" }, "true"], false],
  [[{ deny: "false" }, "false"], false],
  [[{ require: "true" }], true],
  [[{ require: "false" }], false],
  [[{ require: FAILS }], false],
  [[{ require: "true" }, { require: "false" }], false],
  [[{ require: "true" }, "false"], false],
  [[{ require: "true" }, "true", { deny: "false" }], true],
  [["1"], false],
  [["'true'"], false],
];

Deno.test("authorization() decides by all its rules", async () => {
  for (const [rules, expected] of DECISIONS) {
    const outcome = await outcomeOf(policyOf("authorization", { rules }), subjectOf());
    assert.equal(outcome, expected ? "passed" : DENIED, JSON.stringify(rules));
  }
});

Deno.test("authorization() sees the request and who sends it", async () => {
  const policy = policyOf("authorization", {
    rules: ['request.headers["x-team"] == "a" && apiKey.user == "ada"'],
  });
  const request = () => new Request("http://gateway.test/", { headers: { "x-team": "a" } });
  const ada = { apiKey: { user: "ada" } };
  assert.equal(await outcomeOf(policy, subjectOf(request(), ada)), "passed");
  assert.equal(await outcomeOf(policy, subjectOf(request())), DENIED);
});

Deno.test("authorization() merges several sets: allowing in one does not undo denying", async () => {
  const one = rules({ allow: ["true"] });
  const subject = () => subjectOf();
  assert.equal(
    await outcomeOf(authorization([one, rules({ allow: ["false"] })]), subject()),
    "passed",
  );
  assert.equal(await outcomeOf(authorization([one, rules({ deny: ["true"] })]), subject()), DENIED);
  const wanting = rules({ require: ["false"] });
  assert.equal(await outcomeOf(authorization([wanting, one]), subject()), DENIED);
  assert.equal(await outcomeOf(authorization([]), subject()), "passed");
});

Deno.test("authorization() reads the body before rules that look at it", async () => {
  const request = new Request("http://gateway.test/", { method: "POST", body: "hello" });
  const subject = subjectOf(request);
  await policyOf("authorization", { rules: [{ deny: 'request.method == "GET"' }] }).apply(subject);
  assert.equal(request.bodyUsed, false);
  const rule = { ...compileExpression("true"), paths: new Set(["request.body"]) };
  await authorization([{ allow: [rule], deny: [], require: [] }]).apply(subject);
  assert.equal(request.bodyUsed, true);
});

const outcomes = fc.array(fc.constantFrom("true", "false", "fails"), { maxLength: 3 });

Deno.test("allowed() is what the three kinds of rules say together", () => {
  fc.assert(fc.property(outcomes, outcomes, outcomes, (allow, deny, require) => {
    const expected = !deny.includes("true") && require.every((it) => it === "true") &&
      (allow.length === 0 || allow.includes("true"));
    assert.equal(allowed(rules({ allow, deny, require }), {}), expected);
  }));
});

type Texts = { readonly [Kind in keyof Rules]?: readonly string[] };

function rules({ allow = [], deny = [], require = [] }: Texts): Rules {
  const compiled = (texts: readonly string[]) =>
    texts.map((text) => compileExpression(text === "fails" ? FAILS : text));
  return { allow: compiled(allow), deny: compiled(deny), require: compiled(require) };
}
