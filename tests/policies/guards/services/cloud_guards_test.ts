import assert from "node:assert/strict";
import type { Callout } from "../../../../src/policies/callout.ts";
import { awsAuthorizer } from "../../../../src/policies/cloud_auth/aws.ts";
import { GuardFailure } from "../../../../src/policies/guards/guard_failure.ts";
import type { Guard, GuardContext } from "../../../../src/policies/guards/guard.ts";
import { applyGuardrailGuard } from "../../../../src/policies/guards/services/apply_guardrail.ts";
import { contentSafetyGuard } from "../../../../src/policies/guards/services/content_safety.ts";
import { modelArmorGuard } from "../../../../src/policies/guards/services/model_armor.ts";
import { moderationGuard } from "../../../../src/policies/guards/services/moderation.ts";
import {
  contentSafetyServer,
  guardrailServer,
  type GuardServer,
  guardServer,
  modelArmorServer,
  moderationServer,
} from "../../../support/guard_servers.ts";
import { guardContext, textOf } from "../guard_context.ts";
import { PASSED, REJECTED, SERVICE } from "./service_settings.ts";

const isBad = (text: string) => text.includes("bad");

async function judged(
  guard: Guard,
  texts: readonly string[],
  phase: GuardContext["phase"] = "request",
) {
  return await guard.check(texts.map((text) => textOf(text)), guardContext({ phase }));
}

function failure(message: string): GuardFailure {
  return new GuardFailure(message);
}

Deno.test("moderationGuard() rejects what is flagged in any text", async () => {
  await using server = await moderationServer(isBad);
  const guard = moderationGuard({
    ...SERVICE,
    callout: server.callout,
    model: "omni-moderation-latest",
  });
  assert.deepEqual(await judged(guard, ["good", "fine"]), PASSED);
  assert.deepEqual(await judged(guard, ["good", "bad"]), REJECTED);
  assert.deepEqual(server.asked.map(({ body }) => body), [
    { input: ["good", "fine"], model: "omni-moderation-latest" },
    { input: ["good", "bad"], model: "omni-moderation-latest" },
  ]);
});

/** Signs as the gateway's own way to the service does. */
function signed({ callout, port }: GuardServer): Callout {
  const keys = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "hush" };
  const authorizer = awsAuthorizer(
    { region: "eu-west-1", serviceName: "bedrock", credentials: keys },
    { epochMs: () => 1_700_000_000_000 },
  );
  return async (request) => {
    const headers = { ...request.headers };
    const url = `http://127.0.0.1:${port}${request.path}`;
    await authorizer.authorize({ ...request, url, headers });
    return await callout({ ...request, headers });
  };
}

Deno.test("applyGuardrailGuard() masks what is only made anonymous, and rejects the rest", async () => {
  const id = "arn:aws:bedrock:eu-west-1:123456789012:guardrail/abc";
  await using server = await guardrailServer(id, (texts, source) => {
    const outputs = texts.map((text) => text.replace("Bob", "{NAME}"));
    if (texts.some(isBad)) return { outputs: ["Sorry"], actions: ["ANONYMIZED", "BLOCKED"] };
    if (texts.some((text) => text.includes("odd"))) {
      return { outputs: ["x"], actions: ["ANONYMIZED"] };
    }
    if (texts.some((text) => text.includes("seen"))) return { outputs: [], actions: ["NONE"] };
    if (source === "OUTPUT" || !texts.some((text) => text.includes("Bob"))) return undefined;
    return { outputs, actions: ["ANONYMIZED", "NONE"] };
  });
  const guard = applyGuardrailGuard({
    ...SERVICE,
    callout: signed(server),
    guardrail: id,
    version: "1",
  });
  assert.deepEqual(await judged(guard, ["I am Bob", "hi"]), {
    type: "mask",
    texts: ["I am {NAME}", "hi"],
  });
  assert.deepEqual(await judged(guard, ["hi"]), PASSED);
  assert.deepEqual(await judged(guard, ["I am Bob"], "response"), PASSED);
  assert.deepEqual(await judged(guard, ["Bob is bad"]), REJECTED);
  assert.deepEqual(await judged(guard, ["odd", "two"]), REJECTED);
  assert.deepEqual(await judged(guard, ["seen"]), REJECTED);
  assert.match(
    server.asked[0]?.headers.get("authorization") ?? "",
    /Credential=AKIDEXAMPLE\/20231114\/eu-west-1\/bedrock\/aws4_request/,
  );
});

const TEMPLATE = "/v1/projects/p-1/locations/us-central1/templates/t-1";

Deno.test("modelArmorGuard() rejects what a filter matches in any text", async () => {
  const names = { project: "p-1", location: "us-central1", template: "t-1" };
  await using server = await modelArmorServer(TEMPLATE, isBad);
  const guard = modelArmorGuard({ ...SERVICE, ...names, callout: server.callout });
  assert.deepEqual(await judged(guard, ["good", "fine"]), PASSED);
  assert.deepEqual(await judged(guard, ["good", "bad"], "response"), REJECTED);
  assert.deepEqual(server.asked.map(({ body }) => body), [
    { userPromptData: { text: "good\nfine" } },
    { modelResponseData: { text: "good\nbad" } },
  ]);
  await using failing = await modelArmorServer(TEMPLATE, isBad, "FAILURE");
  const unsure = modelArmorGuard({ ...SERVICE, ...names, callout: failing.callout });
  await assert.rejects(judged(unsure, ["good"]), failure("its server ran none of the filters"));
  assert.deepEqual(await judged(unsure, ["bad"]), REJECTED);
});

const ANALYZE = { apiVersion: "2024-09-01", severityThreshold: 4 };
const JAILBREAK = { apiVersion: "2024-02-15-preview" };

Deno.test("contentSafetyGuard() rejects severe content and words of blocklists", async () => {
  await using server = await contentSafetyServer({
    severity: (text) => text.includes("war") ? 4 : 2,
    blocklisted: isBad,
  });
  const { callout } = server;
  const guard = contentSafetyGuard({ ...SERVICE, callout, analyzeText: ANALYZE });
  assert.deepEqual(await judged(guard, ["good", "bad"]), PASSED);
  assert.deepEqual(await judged(guard, ["good", "war"], "response"), REJECTED);
  const analyzeText = { ...ANALYZE, blocklistNames: ["words"], haltOnBlocklistHit: true };
  const listed = contentSafetyGuard({ ...SERVICE, callout, analyzeText });
  assert.deepEqual(await judged(listed, ["bad"]), REJECTED);
  assert.deepEqual(server.asked.map(({ body }) => body), [
    { text: "good\nbad" },
    { text: "good\nwar" },
    { text: "bad", blocklistNames: ["words"], haltOnBlocklistHit: true },
  ]);
});

Deno.test("contentSafetyGuard() looks for jailbreaks in requests alone", async () => {
  await using server = await contentSafetyServer({ jailbreak: isBad });
  const { callout } = server;
  const guard = contentSafetyGuard({ ...SERVICE, callout, detectJailbreak: JAILBREAK });
  assert.deepEqual(await judged(guard, ["bad"]), REJECTED);
  assert.deepEqual(await judged(guard, ["good"]), PASSED);
  assert.deepEqual(await judged(guard, ["bad"], "response"), PASSED);
  assert.equal(server.asked.length, 2);
  const both = contentSafetyGuard({
    ...SERVICE,
    callout,
    analyzeText: ANALYZE,
    detectJailbreak: JAILBREAK,
  });
  assert.deepEqual(await judged(both, ["bad"]), REJECTED);
  assert.equal(server.asked.length, 4);
});

Deno.test("contentSafetyGuard() parts what is longer than the API takes", async () => {
  await using server = await contentSafetyServer({
    severity: (text) => text.includes("the war") ? 6 : 0,
    jailbreak: isBad,
  });
  const { callout } = server;
  const guard = contentSafetyGuard({
    ...SERVICE,
    callout,
    analyzeText: ANALYZE,
    detectJailbreak: JAILBREAK,
  });
  const long = "😀".repeat(9_996);
  assert.deepEqual(await judged(guard, [`${long}fine`]), PASSED);
  assert.equal(server.asked.length, 1 + 13);
  assert.deepEqual(await judged(guard, [`${long} the war`]), REJECTED);
  assert.deepEqual(await judged(guard, [`${"x".repeat(998)}bad`]), REJECTED);
});

/** Answers with status 200 that no API of these gives. */
const WRONG: readonly (readonly [string, unknown, string])[] = [
  ["moderation", {}, "results"],
  ["moderation", { results: [] }, "results"],
  ["moderation", { results: [{ flagged: "no" }] }, "flagged"],
  ["guardrail", [], "action"],
  ["armor", {}, "sanitizationResult"],
  ["armor", { sanitizationResult: {} }, "filterMatchState"],
  ["analysis", {}, "categoriesAnalysis"],
  ["analysis", { categoriesAnalysis: [{ category: "Hate" }] }, "severity"],
  ["analysis", { categoriesAnalysis: [], blocklistsMatch: 1 }, "blocklistsMatch"],
  ["jailbreak", { jailbreakAnalysis: {} }, "jailbreakAnalysis"],
];

function guardOf(kind: string, callout: Callout): Guard {
  const settings = { ...SERVICE, callout };
  switch (kind) {
    case "moderation":
      return moderationGuard({ ...settings, model: "m" });
    case "guardrail":
      return applyGuardrailGuard({ ...settings, guardrail: "g", version: "1" });
    case "armor":
      return modelArmorGuard({ ...settings, project: "p", location: "l", template: "t" });
    case "analysis":
      return contentSafetyGuard({ ...settings, analyzeText: ANALYZE });
    default:
      return contentSafetyGuard({ ...settings, detectJailbreak: JAILBREAK });
  }
}

Deno.test("guards of services have no judgement where the answer is none", async () => {
  for (const [kind, answer, what] of WRONG) {
    await using server = await guardServer(() => answer);
    await assert.rejects(
      judged(guardOf(kind, server.callout), ["good"]),
      failure(`its server's answer has no ${what} as expected`),
    );
  }
});

Deno.test("guards of services have no judgement where they are refused", async () => {
  for (const kind of new Set(WRONG.map(([kind]) => kind))) {
    await using server = await guardServer(() => {
      throw new Error("refused");
    });
    const guard = guardOf(kind, server.callout);
    await assert.rejects(judged(guard, ["x"]), failure("its server answered with status 400"));
  }
});
