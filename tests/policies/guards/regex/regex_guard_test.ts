import assert from "node:assert/strict";
import { RE2JS } from "re2js";
import type { Rejection } from "../../../../src/policies/guards/guard.ts";
import { builtinRule } from "../../../../src/policies/guards/regex/builtins/index.ts";
import type { Rule } from "../../../../src/policies/guards/regex/finder.ts";
import { patternRule } from "../../../../src/policies/guards/regex/pattern_rule.ts";
import { regexGuard } from "../../../../src/policies/guards/regex/regex_guard.ts";
import { ALL_SCOPES, guardContext, textOf } from "../guard_context.ts";

const REJECTION: Rejection = { status: 403, body: "no" };

function pattern(source: string): Rule {
  return patternRule(RE2JS.compile(source));
}

function masking(...rules: readonly Rule[]) {
  return regexGuard({ rules, scopes: ALL_SCOPES });
}

function rejecting(...rules: readonly Rule[]) {
  return regexGuard({ rules, scopes: ALL_SCOPES, rejection: REJECTION });
}

Deno.test("regexGuard() masks by its rules in order, each on what those before it made", () => {
  const guard = masking(pattern("secret"), builtinRule("email"), pattern("<masked> <EMAIL"));
  assert.deepEqual(guard.check([textOf("a secret bob@x.org"), textOf("fine")], guardContext()), {
    type: "mask",
    texts: ["a <masked>_ADDRESS>", "fine"],
  });
  assert.deepEqual(guard.check([textOf("fine")], guardContext()), { type: "pass" });
});

Deno.test("regexGuard() masks nothing where a match is empty", () => {
  assert.deepEqual(masking(pattern("x*")).check([textOf("abc")], guardContext()), { type: "pass" });
});

Deno.test("regexGuard() rejects where any rule finds anything, be it empty", () => {
  const found = { type: "reject", rejection: REJECTION };
  const guard = rejecting(pattern("secret"), builtinRule("creditCard"));
  assert.deepEqual(guard.check([textOf("a"), textOf("4111111111111111")], guardContext()), found);
  assert.deepEqual(guard.check([textOf("secret")], guardContext()), found);
  assert.deepEqual(guard.check([textOf("sec ret 4111111111111112")], guardContext()), {
    type: "pass",
  });
  assert.deepEqual(rejecting(pattern("x*")).check([textOf("abc")], guardContext()), found);
});

/** What of a text in pieces goes on, and whether the guard rejects it in the end. */
function streamed(guard: ReturnType<typeof regexGuard>, pieces: readonly string[]) {
  const stream = guard.openStream?.();
  assert.ok(stream !== undefined);
  const out = pieces.map((piece) => stream.push(piece));
  return { out: [...out, stream.end()], rejection: stream.rejection };
}

Deno.test("regexGuard() masks a stream by several rules", () => {
  const guard = masking(pattern("secret"), pattern("<masked> \\d+"), builtinRule("email"));
  assert.deepEqual(streamed(guard, ["my sec", "ret 1", "2 bo", "b@x.org", " bye"]), {
    out: ["my ", "", "<masked> ", "", "<EMAIL_ADDRESS> ", "bye"],
    rejection: undefined,
  });
});

Deno.test("regexGuard() lets nothing go on of a stream once it rejects", () => {
  const guard = rejecting(builtinRule("creditCard"), pattern("secret"));
  assert.deepEqual(streamed(guard, ["it is a sec", "ret", " indeed"]), {
    out: ["it is a ", "", "", ""],
    rejection: REJECTION,
  });
  assert.deepEqual(streamed(guard, ["4111 1111 1111 ", "1111"]), {
    out: ["", "", ""],
    rejection: REJECTION,
  });
  assert.deepEqual(streamed(guard, ["sec", "recy"]), {
    out: ["", "secrecy", ""],
    rejection: undefined,
  });
  assert.deepEqual(streamed(rejecting(pattern("$")), []), { out: [""], rejection: REJECTION });
});
