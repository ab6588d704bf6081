import assert from "node:assert/strict";
import { compileExpression } from "../../../../src/cel/compile.ts";
import { GuardFailure } from "../../../../src/policies/guards/guard_failure.ts";
import {
  webhookGuard,
  type WebhookSettings,
} from "../../../../src/policies/guards/services/webhook.ts";
import {
  brokenServer,
  guardServer,
  type WebhookQuestion,
  webhookServer,
} from "../../../support/guard_servers.ts";
import { guardContext, textOf } from "../guard_context.ts";
import { PASSED, SERVICE } from "./service_settings.ts";

const PLAIN = { ...SERVICE, name: "webhook", headers: [], forwarded: [] };

const TEXTS = [
  textOf("be nice", { scope: "systemPrompt", role: "system" }),
  textOf("a secret"),
];

Deno.test("webhookGuard() shows a webhook all messages, and answers with its action", async () => {
  const questions: WebhookQuestion[] = [];
  let action: unknown = {};
  await using server = await webhookServer((question) => {
    questions.push(question);
    return action;
  });
  const guard = webhookGuard({ ...PLAIN, callout: server.callout });
  assert.deepEqual(await guard.check(TEXTS, guardContext()), PASSED);
  action = { reason: "all is well" };
  assert.deepEqual(await guard.check(TEXTS, guardContext({ phase: "response" })), PASSED);
  const messages = [{ role: "system", content: "be nice" }, { role: "user", content: "a secret" }];
  assert.deepEqual(questions, [{ phase: "request", messages }, { phase: "response", messages }]);
  assert.deepEqual(server.asked.map(({ method, target }) => `${method} ${target}`), [
    "POST /request",
    "POST /response",
  ]);
});

Deno.test("webhookGuard() takes over what a webhook masks", async () => {
  await using server = await webhookServer(({ phase, messages }) => {
    const masked = messages.map(({ role, content }) => ({
      role,
      content: content.replace("secret", "***"),
    }));
    const body = phase === "request"
      ? { messages: masked }
      : { choices: masked.map((message) => ({ message })) };
    return { body, reason: "secrets" };
  });
  const guard = webhookGuard({ ...PLAIN, callout: server.callout });
  for (const phase of ["request", "response"] as const) {
    assert.deepEqual(await guard.check(TEXTS, guardContext({ phase })), {
      type: "mask",
      texts: ["be nice", "a ***"],
    });
  }
});

Deno.test("webhookGuard() rejects with the webhook's own words and status", async () => {
  await using server = await webhookServer(() => ({
    body: "not here",
    status_code: 422,
    reason: "words",
  }));
  const guard = webhookGuard({ ...PLAIN, callout: server.callout });
  assert.deepEqual(await guard.check(TEXTS, guardContext()), {
    type: "reject",
    rejection: { status: 422, body: "not here" },
  });
});

Deno.test("webhookGuard() asks nobody about texts without words", async () => {
  await using server = await webhookServer(() => ({}));
  const guard = webhookGuard({ ...PLAIN, callout: server.callout });
  assert.deepEqual(guard.check([textOf(" \n")], guardContext()), PASSED);
  assert.equal(server.asked.length, 0);
});

/** Actions that are none, and why they are not. */
const WRONG: readonly (readonly [unknown, string])[] = [
  ["pass", "action"],
  [null, "action"],
  [{ body: { choices: [] } }, "messages, 2 of them,"],
  [{ body: { messages: [{ role: "user", content: "one" }] } }, "messages, 2 of them,"],
  [{ body: { messages: [{ role: "user" }, { role: "user", content: "x" }] } }, "content"],
  [{ body: "no" }, "body and status_code"],
  [{ body: "no", status_code: "403" }, "body and status_code"],
  [{ body: "no", status_code: 99 }, "body and status_code"],
  [{ status_code: 403 }, "body and status_code"],
];

Deno.test("webhookGuard() has no judgement where the action is none", async () => {
  for (const [action, what] of WRONG) {
    await using server = await webhookServer(() => action);
    const guard = webhookGuard({ ...PLAIN, callout: server.callout });
    await assert.rejects(
      async () => await guard.check(TEXTS, guardContext()),
      new GuardFailure(`its server's answer has no ${what} as expected`),
      JSON.stringify(action),
    );
  }
});

Deno.test("webhookGuard() sends headers by CEL and those of the client that are wanted", async () => {
  await using server = await guardServer(() => ({ action: {} }));
  const named = (name: string, source: string) => ({
    name,
    expression: compileExpression(source),
  });
  const settings: WebhookSettings = {
    ...PLAIN,
    callout: server.callout,
    headers: [
      named("X-User", "jwt.sub"),
      named("x-none", "jwt.missing"),
      named("x-line", "'a\\nb'"),
      named("x-model", "llmRequest.model"),
      named(":method", "'PUT'"),
      named(":path", "'/guards' + request.path"),
    ],
    forwarded: [
      { name: "X-Tenant", isWanted: (value) => value === "a" },
      { name: "X-Other", isWanted: (value) => value === "a" },
      { name: "X-Missing", isWanted: () => true },
    ],
  };
  const context = guardContext({
    headers: new Headers({ "x-tenant": "a", "x-other": "b", "x-third": "c" }),
    variables: { jwt: { sub: "bob" }, llmRequest: { model: "m" }, request: { path: "/v1" } },
  });
  assert.deepEqual(await webhookGuard(settings).check(TEXTS, context), PASSED);
  const [asked] = server.asked;
  assert.equal(`${asked?.method} ${asked?.target}`, "PUT /guards/v1");
  const names = ["x-user", "x-none", "x-line", "x-model", "x-tenant", "x-other", "x-third"];
  assert.deepEqual(names.map((name) => asked?.headers.get(name) ?? null), [
    ...["bob", null, null, "m", "a", null, null],
  ]);
});

Deno.test("webhookGuard() names the host by :authority", async () => {
  const hosts: (string | undefined)[] = [];
  const guard = webhookGuard({
    ...PLAIN,
    callout: ({ headers }) => {
      hosts.push(headers["host"]);
      return Promise.resolve(Response.json({ action: {} }));
    },
    headers: [{ name: ":authority", expression: compileExpression("'guards.test'") }],
  });
  assert.deepEqual(await guard.check(TEXTS, guardContext()), PASSED);
  assert.deepEqual(hosts, ["guards.test"]);
});

/** What a server may do instead of answering, and what the guard says of it. */
const BROKEN: readonly (readonly [
  Parameters<typeof brokenServer>[0],
  string | RegExp,
])[] = [
  [(exchange) => exchange.respond(500, {}, "oops"), "its server answered with status 500"],
  [
    (exchange) => exchange.respond(302, { location: "/x" }, ""),
    "its server answered with status 302",
  ],
  [(exchange) => exchange.respond(200, {}, "secret {"), "its server did not answer with JSON"],
  [(exchange) => exchange.reset(), "its server cannot be asked"],
  [(exchange) => exchange.breakOff("stall"), "its server did not answer within 100 ms"],
];

Deno.test("webhookGuard() has no judgement where its server does not answer", async () => {
  for (const [handle, message] of BROKEN) {
    await using server = await brokenServer(handle);
    const settings = { ...PLAIN, callout: server.callout, timeoutMs: 100 };
    const check = async (guard = webhookGuard(settings)) =>
      await guard.check(TEXTS, guardContext());
    await assert.rejects(check, { name: "GuardFailure", message });
    const failures: string[] = [];
    const open = webhookGuard({
      ...settings,
      failOpen: (failure) => failures.push(failure.message),
    });
    assert.deepEqual(await check(open), PASSED);
    assert.deepEqual(failures, [message]);
  }
});

Deno.test("webhookGuard() stops asking when the client leaves, whatever its failure mode", async () => {
  await using server = await brokenServer((exchange) => exchange.breakOff("stall"));
  const left = new Error("left");
  const controller = new AbortController();
  const guard = webhookGuard({ ...PLAIN, callout: server.callout, failOpen: () => {} });
  const asked = guard.check(TEXTS, guardContext({ signal: controller.signal }));
  controller.abort(left);
  await assert.rejects(async () => await asked, left);
});
