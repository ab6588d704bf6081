import assert from "node:assert/strict";
import { RE2JS } from "re2js";
import { GatewayError } from "../../../src/errors.ts";
import type { Guard, GuardedText, TextScope } from "../../../src/policies/guards/guard.ts";
import { GuardFailure } from "../../../src/policies/guards/guard_failure.ts";
import { GuardRejection } from "../../../src/policies/guards/guard_rejection.ts";
import { guardTexts } from "../../../src/policies/guards/pipeline.ts";
import { builtinRule } from "../../../src/policies/guards/regex/builtins/index.ts";
import { patternRule } from "../../../src/policies/guards/regex/pattern_rule.ts";
import { regexGuard } from "../../../src/policies/guards/regex/regex_guard.ts";
import { ALL_SCOPES, guardContext, slowGuard, textOf } from "./guard_context.ts";

function masking(pattern: string, scopes: ReadonlySet<TextScope> = ALL_SCOPES): Guard {
  return regexGuard({ rules: [patternRule(RE2JS.compile(pattern))], scopes });
}

Deno.test("guardTexts() waits for nothing where no guard has to", () => {
  const texts = [textOf("a cat"), textOf("a dog"), textOf("a <masked>")];
  assert.deepEqual(guardTexts([masking("cat"), masking("dog")], texts, guardContext()), [
    "a <masked>",
    "a <masked>",
    "a <masked>",
  ]);
  assert.equal(guardTexts([masking("cow")], texts, guardContext()), undefined);
  assert.equal(guardTexts([], texts, guardContext()), undefined);
  assert.equal(guardTexts([masking("cat")], [], guardContext()), undefined);
});

Deno.test("guardTexts() gives each guard what those before it masked", async () => {
  const slow = slowGuard();
  const texts = [textOf("a cat"), textOf("a secret")];
  const guards = [masking("cat"), slow, masking("<masked>"), masking("\\*+")];
  assert.deepEqual(await guardTexts(guards, texts, guardContext()), ["a <masked>", "a <masked>"]);
  assert.deepEqual(slow.asked, [["a <masked>", "a secret"]]);
});

const EVERYWHERE: readonly GuardedText[] = [
  { scope: "systemPrompt", role: "system", text: "cat" },
  { scope: "messages", role: "user", text: "cat" },
  { scope: "toolInput", role: "assistant", text: "cat" },
  { scope: "toolOutput", role: "tool", text: "cat" },
];

Deno.test("guardTexts() shows a guard of requests the texts of its scopes, in answers all", () => {
  const guard = masking("cat", new Set<TextScope>(["messages", "toolOutput"]));
  assert.deepEqual(guardTexts([guard], EVERYWHERE, guardContext()), [
    ...["cat", "<masked>", "cat", "<masked>"],
  ]);
  assert.deepEqual(
    guardTexts([guard], EVERYWHERE, guardContext({ phase: "response" })),
    EVERYWHERE.map(() => "<masked>"),
  );
  const none = masking("cat", new Set<TextScope>(["toolInput"]));
  assert.equal(guardTexts([none], [textOf("cat")], guardContext()), undefined);
});

Deno.test("guardTexts() asks nobody about texts that a guard does not look at", () => {
  const slow = slowGuard(undefined, new Set<TextScope>(["toolOutput"]));
  assert.equal(guardTexts([slow], [textOf("cat")], guardContext()), undefined);
  assert.deepEqual(slow.asked, []);
});

Deno.test("guardTexts() masks the texts in the JSON of a tool's input", () => {
  const input = '{"card": 4111111111111111, "to": "bob\\u0040x.org", "n": [1, "2"]}';
  const rules = [
    builtinRule("creditCard"),
    builtinRule("email"),
    patternRule(RE2JS.compile('".*')),
  ];
  const guard = regexGuard({ rules, scopes: ALL_SCOPES });
  const texts = [textOf("cat"), textOf(input, { scope: "toolInput" }), textOf("bob@x.org")];
  assert.deepEqual(guardTexts([guard], texts, guardContext()), [
    "cat",
    '{"card": "<CREDIT_CARD>", "to": "<EMAIL_ADDRESS>", "n": [1, "2"]}',
    "<EMAIL_ADDRESS>",
  ]);
});

Deno.test("guardTexts() throws the rejection of the first guard that rejects", async () => {
  const second = slowGuard();
  const texts = [textOf("a bad cat")];
  await assert.rejects(
    async () => await guardTexts([masking("dog"), slowGuard(), second], texts, guardContext()),
    (error) => {
      assert.ok(error instanceof GuardRejection && error instanceof GatewayError);
      const { status, message, code, reason, summary, reply, headers } = error;
      assert.deepEqual({ status, message, code, reason, summary, reply, headers }, {
        status: 451,
        message: "no bad words",
        code: "guardrail_intervention",
        reason: "Guardrail",
        summary: "request rejected by slow guardrail",
        reply: undefined,
        headers: {},
      });
      return true;
    },
  );
  assert.deepEqual(second.asked, []);
});

Deno.test("GuardRejection has headers, and a reply as it is where they say what it is", () => {
  const plain = new GuardRejection("regex", "response", {
    status: 400,
    body: "no",
    editHeaders: (headers) => headers.set("x-why", "pii"),
  });
  assert.deepEqual(plain.headers, { "x-why": "pii" });
  assert.equal(plain.reply, undefined);
  assert.equal(plain.summary, "response rejected by regex guardrail");
  const typed = new GuardRejection("regex", "request", {
    status: 200,
    body: "<p>no</p>",
    editHeaders: (headers) => headers.set("content-type", "text/html"),
  });
  assert.equal(typed.reply?.status, 200);
  assert.equal(typed.reply?.body, "<p>no</p>");
  assert.equal(typed.reply?.headers.get("content-type"), "text/html");
});

Deno.test("guardTexts() fails with 503 where a guard has no judgement", async () => {
  const failure = new GuardFailure("its server answered with status 500");
  const failing = slowGuard(() => Promise.reject(failure));
  const throwing: Guard = {
    ...failing,
    check: () => {
      throw failure;
    },
  };
  for (const guard of [failing, throwing]) {
    await assert.rejects(
      async () => await guardTexts([masking("dog"), guard], [textOf("cat")], guardContext()),
      (error) => {
        assert.ok(error instanceof GatewayError);
        assert.equal(error.status, 503);
        assert.equal(error.message, "prompt guard failed");
        assert.equal(error.code, "guardrail_failed");
        assert.equal(error.cause, failure);
        return true;
      },
    );
  }
});

Deno.test("guardTexts() lets the reason of a client that left through", async () => {
  const left = new Error("left");
  const guard = slowGuard(() => Promise.reject(left));
  await assert.rejects(
    async () => await guardTexts([guard], [textOf("cat")], guardContext()),
    left,
  );
});
