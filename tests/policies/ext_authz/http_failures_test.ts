/** Services that are asked over HTTP and do not answer as they should. */
import assert from "node:assert/strict";
import { httpCheck } from "../../../src/policies/ext_authz/http_check.ts";
import { httpAuthorizer, type HttpVerdict } from "../../support/authorizer.ts";
import { until } from "../../support/until.ts";
import { policyOf, refusalOf, requestOf } from "./ext_authz_policy.ts";

const HTTP = { protocol: { http: {} } };

const FAILURES: Readonly<Record<string, HttpVerdict>> = {
  "fails itself": { status: 503, body: "busy" },
  "breaks the connection": (exchange) => exchange.reset(),
  "does not speak HTTP": (exchange) => {
    exchange.raw(new TextEncoder().encode("SSH-2.0-OpenSSH\r\n\r\n"));
    exchange.close();
  },
};

for (const [claim, verdict] of Object.entries(FAILURES)) {
  Deno.test(`extAuthz refuses requests when the service ${claim}`, async () => {
    await using service = await httpAuthorizer(() => verdict);
    const { policy, context } = policyOf(service, HTTP);
    const { status, body } = await refusalOf(policy, requestOf());
    if (claim === "fails itself") assert.deepEqual([status, body], [503, "busy"]);
    else assert.deepEqual([status, body], [403, undefined]);
    assert.equal(context.warned.length, 1);
  });

  Deno.test(`extAuthz may refuse with another status when the service ${claim}`, async () => {
    await using service = await httpAuthorizer(() => verdict);
    const { policy } = policyOf(service, { ...HTTP, failureMode: { denyWithStatus: 503 } });
    const { status, body } = await refusalOf(policy, requestOf());
    assert.deepEqual([status, body], [503, undefined]);
  });

  Deno.test(`extAuthz may let requests in when the service ${claim}`, async () => {
    await using service = await httpAuthorizer(() => verdict);
    const http = { includeResponseHeaders: ["x-user"] };
    const { policy } = policyOf(service, { protocol: { http }, failureMode: "allow" });
    const subject = requestOf();
    assert.equal(await policy.apply(subject), undefined);
    assert.equal(subject.head.headers.get("x-user"), null, "which only the service may say");
  });
}

Deno.test("extAuthz never lets in what is denied at too great length, or with half a body", async () => {
  const verdicts: readonly HttpVerdict[] = [
    { status: 403, body: "x".repeat(1024 * 1024 + 1) },
    async (exchange) => {
      exchange.begin(403, {});
      exchange.write(new TextEncoder().encode("half"));
      await exchange.breakOff("reset");
    },
  ];
  for (const verdict of verdicts) {
    await using service = await httpAuthorizer(() => verdict);
    const { policy } = policyOf(service, { ...HTTP, failureMode: "allow" });
    const { status, body } = await refusalOf(policy, requestOf());
    assert.deepEqual([status, body], [403, undefined]);
  }
});

Deno.test("extAuthz cannot ask where the path is none", async () => {
  await using service = await httpAuthorizer(() => ({ status: 200 }));
  for (const path of ["'nowhere'", "'//a b'", "1", 'request.headers["x-none"]']) {
    const { policy } = policyOf(service, { protocol: { http: { path } } });
    assert.equal((await refusalOf(policy, requestOf())).status, 403);
  }
  assert.deepEqual(service.requests, []);
});

Deno.test("extAuthz ends the question when the client leaves", async () => {
  const reason = new Error("left");
  const subject = requestOf();
  const gone = Promise.withResolvers<void>();
  await using service = await httpAuthorizer(() => async (exchange) => {
    subject.abort(reason);
    await exchange.wait(Infinity);
    gone.resolve();
  });
  const { policy, context } = policyOf(service, { ...HTTP, failureMode: "allow" });
  await assert.rejects(Promise.resolve(policy.apply(subject)), reason);
  await gone.promise;
  assert.deepEqual(context.warned, []);
});

Deno.test("extAuthz asks again when a service that was killed is back", async () => {
  let isAway = true;
  await using service = await httpAuthorizer(() =>
    isAway ? (exchange) => exchange.reset() : { status: 200 }
  );
  const { policy } = policyOf(service, HTTP);
  assert.equal((await refusalOf(policy, requestOf())).status, 403);
  isAway = false;
  await until("requests are let in", async () => await policy.apply(requestOf()) === undefined);
});

Deno.test("httpCheck() does not wait for a slow service longer than it may", async () => {
  await using service = await httpAuthorizer(() => (exchange) => exchange.wait(Infinity));
  const check = httpCheck({
    ...{ callout: service.callout, timeoutMs: 30, path: undefined, redirect: undefined },
    ...{ body: undefined, forwarded: [], added: [], returned: [], metadata: [] },
    includeBody: undefined,
  });
  await assert.rejects(check.ask(requestOf()), {
    name: "NoDecision",
    message: "no answer within 30 ms",
  });
});
