/** Settings of guards reach the services that they ask, and what comes of the answers. */
import assert from "node:assert/strict";
import * as v from "valibot";
import { PromptGuard } from "../../../src/config/schema/prompt_guard.ts";
import type { Callout, CalloutRequest } from "../../../src/policies/callout.ts";
import type { GuardedText } from "../../../src/policies/guards/guard.ts";
import { guardTexts } from "../../../src/policies/guards/pipeline.ts";
import { compilePromptGuard } from "../../../src/runtime/policies/prompt_guard.ts";
import { guardContext, textOf } from "../../policies/guards/guard_context.ts";
import { compileContext } from "../../support/compile_context.ts";
import { bodyOf, type Servers, tried } from "./tried.ts";

const guarded = ({ upstream, aside }: Servers, guardrails: object) => ({
  backends: [{ name: "judge", host: aside }],
  llm: {
    models: [{
      name: "m",
      provider: { custom: { formats: [{ type: "completions" }] } },
      params: { hostOverride: upstream },
      guardrails,
    }],
  },
});

Deno.test("a webhook is asked where its target leads, as the target's policies say", async () => {
  const { status, aside: [first] } = await tried(
    (servers) =>
      guarded(servers, {
        request: [{
          webhook: { target: { backend: "judge", policies: { backendAuth: { key: "k" } } } },
        }],
      }),
    [{}],
    { aside: () => [200, { action: {} }] },
  );
  assert.equal(status, 200);
  assert.equal(first?.target, "/request");
  assert.equal(first?.headers.get("authorization"), "Bearer k");
});

const SEVERITY_3 = { categoriesAnalysis: [{ severity: 3 }], blocklistsMatch: [] };

Deno.test("Content Safety is asked for what is looked for, and weighed by the threshold", async () => {
  const outcome = async (severityThreshold: number) =>
    await tried(
      ({ upstream, aside }) =>
        guarded({ upstream, secure: "", aside }, {
          request: [{
            azureContentSafety: {
              endpoint: `http://${aside}`,
              analyzeText: {
                severityThreshold,
                apiVersion: "2023-10-01",
                blocklistNames: ["ours"],
                haltOnBlocklistHit: true,
              },
              policies: { backendAuth: { key: "k" } },
            },
          }],
        }),
      [{}],
      { aside: () => [200, SEVERITY_3] },
    );
  const { status, aside: [first] } = await outcome(4);
  assert.equal(status, 200);
  assert.equal(first?.target, "/contentsafety/text:analyze?api-version=2023-10-01");
  const { blocklistNames, haltOnBlocklistHit } = JSON.parse(bodyOf(first));
  assert.deepEqual([blocklistNames, haltOnBlocklistHit], [["ours"], true]);
  assert.equal(first.headers.get("authorization"), "Bearer k");
  assert.equal((await outcome(3)).status, 403);
});

Deno.test("Content Safety looks for jailbreaks in the version that is named", async () => {
  const { status, aside: [first] } = await tried(
    ({ upstream, aside }) =>
      guarded({ upstream, secure: "", aside }, {
        request: [{
          azureContentSafety: {
            endpoint: `http://${aside}`,
            detectJailbreak: { apiVersion: "2024-09-01" },
            policies: { backendAuth: { key: "k" } },
          },
        }],
      }),
    [{}],
    { aside: () => [200, { jailbreakAnalysis: { detected: true } }] },
  );
  assert.equal(status, 403);
  assert.equal(first?.target, "/contentsafety/text:detectJailbreak?api-version=2024-09-01");
});

Deno.test("an answer that is rejected is what rejection says", async () => {
  const { status, text, headers } = await tried((servers) =>
    guarded(servers, {
      response: [{
        regex: { action: "reject", rules: [{ pattern: "Well" }] },
        rejection: {
          status: 451,
          body: "not here",
          headers: { set: { "x-why": "rules", "content-type": "text/plain" } },
        },
      }],
    })
  );
  assert.deepEqual([status, text, headers.get("x-why")], [451, "not here", "rules"]);
});

function compiled(settings: unknown, answer: unknown = {}) {
  const asked: CalloutRequest[] = [];
  const callout: Callout = (request) => {
    asked.push(request);
    return Promise.resolve(Response.json(answer));
  };
  const guards = compilePromptGuard(
    v.parse(PromptGuard, settings),
    ["guards"],
    compileContext(callout),
  );
  return { guards, asked };
}

Deno.test("OpenAI's moderation is asked by the model that is named", async () => {
  const { guards, asked: [first] } = await judged(
    { request: [{ openAIModeration: { model: "omni-2024" } }] },
    { results: [{ flagged: false }] },
  );
  assert.ok(guards);
  assert.equal(JSON.parse(String(first?.body)).model, "omni-2024");
});

async function judged(settings: unknown, answer: unknown) {
  const { guards, asked } = compiled(settings, answer);
  await guardTexts(guards?.request ?? [], [textOf("hi")], guardContext());
  const context = guardContext({ phase: "response" });
  await guardTexts(guards?.response ?? [], [textOf("hi")], context);
  return { guards, asked };
}

/** Guards of answers that ask a service, what it says, and the path by which it is asked. */
const OF_ANSWERS = [
  { guard: { webhook: { target: { host: "a:1" } } }, answer: { action: {} }, path: "/response" },
  {
    guard: {
      bedrockGuardrails: { guardrailIdentifier: "g", guardrailVersion: "1", region: "eu-west-1" },
    },
    answer: { action: "NONE" },
    path: "/guardrail/g/version/1/apply",
  },
  {
    guard: { googleModelArmor: { templateId: "t", projectId: "p" } },
    answer: { sanitizationResult: { filterMatchState: "NO_MATCH_FOUND" } },
    path: "/v1/projects/p/locations/us-central1/templates/t:sanitizeModelResponse",
  },
  {
    guard: { azureContentSafety: { endpoint: "a.test", analyzeText: {} } },
    answer: { categoriesAnalysis: [] },
    path: "/contentsafety/text:analyze?api-version=2024-09-01",
  },
];

for (const { guard, answer, path } of OF_ANSWERS) {
  Deno.test(`answers are judged at ${path}`, async () => {
    const { asked } = await judged({ response: [guard] }, answer);
    assert.deepEqual(asked.map((request) => request.path), [path]);
  });
}

/** What each recogniser finds. */
const BUILTINS = {
  ssn: "My number is 536-90-4399.",
  creditCard: "It is 4111 1111 1111 1111.",
  phoneNumber: "Call me: (415) 555-2671.",
  email: "Write to ada@example.com.",
  caSin: "My SIN is 046 454 286.",
};

for (const [builtin, text] of Object.entries(BUILTINS)) {
  Deno.test(`the recogniser ${builtin} finds what it is for`, async () => {
    const { guards } = compiled({ request: [{ regex: { rules: [{ builtin }] } }] });
    const masked = await guardTexts(guards?.request ?? [], [textOf(text)], guardContext());
    assert.notDeepEqual(masked ?? [text], [text]);
  });
}

const EVERYWHERE: readonly GuardedText[] = [
  textOf("secret", { scope: "systemPrompt", role: "system" }),
  textOf("secret", { scope: "messages" }),
  textOf("secret", { scope: "toolOutput", role: "tool" }),
  textOf("secret", { scope: "toolInput", role: "assistant" }),
];

for (const scope of ["systemPrompt", "messages", "toolOutput", "toolInput"]) {
  Deno.test(`the scope ${scope} is where a guard looks, and nowhere else`, async () => {
    const regex = { rules: [{ pattern: "secret" }] };
    const { guards } = compiled({ request: [{ regex, scope: [scope] }] });
    const masked = await guardTexts(guards?.request ?? [], EVERYWHERE, guardContext());
    const found = EVERYWHERE.filter((_, index) => masked?.[index] !== "secret");
    assert.deepEqual(found.map((text) => text.scope), [scope]);
  });
}
