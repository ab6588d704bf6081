import assert from "node:assert/strict";
import * as v from "valibot";
import { PromptGuard } from "../../../src/config/schema/prompt_guard.ts";
import type { ServerConfig } from "../../../src/config/schema/server.ts";
import type { Callout } from "../../../src/policies/callout.ts";
import type { GuardedText } from "../../../src/policies/guards/guard.ts";
import { GuardRejection } from "../../../src/policies/guards/guard_rejection.ts";
import { guardTexts } from "../../../src/policies/guards/pipeline.ts";
import { compilePromptGuard } from "../../../src/runtime/policies/prompt_guard.ts";
import { guardContext, textOf } from "../../policies/guards/guard_context.ts";
import { compileContext } from "../../support/compile_context.ts";

const AT = ["guardrails"];

/** Guards as they are compiled, and the servers that they were given a way to. */
function compiled(settings: unknown, callout: Callout = () => Promise.reject(new Error("away"))) {
  const context = compileContext(callout);
  const servers: (readonly [ServerConfig, string])[] = [];
  const noting = {
    ...context,
    callout: (server: ServerConfig, at: readonly (string | number)[]) => {
      servers.push([server, at.join(".")]);
      return callout;
    },
  };
  const guards = compilePromptGuard(v.parse(PromptGuard, settings), AT, noting);
  return { guards, servers, context };
}

function messages(problems: ReturnType<typeof compileContext>["problems"]): readonly string[] {
  return problems.map(({ path, message }) => `${path.join(".")}: ${message}`);
}

async function masked(settings: unknown, texts: readonly GuardedText[]) {
  const guards = compiled(settings).guards?.request ?? [];
  return await guardTexts(guards, texts, guardContext());
}

const EVERYWHERE: readonly GuardedText[] = [
  textOf("a@b.io", { scope: "systemPrompt", role: "system" }),
  textOf("a@b.io"),
  textOf("a@b.io", { scope: "toolOutput", role: "tool" }),
  textOf("a@b.io", { scope: "toolInput", role: "assistant" }),
];

const EMAIL = { regex: { rules: [{ builtin: "email" }] } };
const MASK = "<EMAIL_ADDRESS>";

Deno.test("compilePromptGuard() looks at prompts and messages, or where the scope says", async () => {
  assert.deepEqual(await masked({ request: [EMAIL] }, EVERYWHERE), [
    MASK,
    MASK,
    "a@b.io",
    "a@b.io",
  ]);
  const scope = ["toolOutput", "toolInput"];
  assert.deepEqual(await masked({ request: [{ ...EMAIL, scope }] }, EVERYWHERE), [
    ...["a@b.io", "a@b.io", MASK, MASK],
  ]);
});

Deno.test("compilePromptGuard() runs rules and guards in their order", async () => {
  const rules = [{ pattern: "cat" }, { pattern: "<masked>" }, { builtin: "ssn" }];
  const texts = [textOf("cat 123-45-6789 4111111111111111")];
  const card = { regex: { action: "mask", rules: [{ builtin: "creditCard" }] } };
  assert.deepEqual(await masked({ request: [{ regex: { rules } }, card] }, texts), [
    "<masked> <SSN> <CREDIT_CARD>",
  ]);
});

async function rejectionOf(rejection: unknown): Promise<GuardRejection> {
  const item = { regex: { action: "reject", rules: [{ pattern: "cat" }] }, rejection };
  try {
    await masked({ request: [item] }, [textOf("a cat")]);
  } catch (error) {
    if (error instanceof GuardRejection) return error;
    throw error;
  }
  throw new Error("not rejected");
}

Deno.test("compilePromptGuard() rejects in the words of the configuration", async () => {
  const plain = await rejectionOf({});
  assert.equal(plain.status, 403);
  assert.equal(plain.message, "The request was rejected due to inappropriate content");
  const headers = { set: { "x-why": "cats" }, add: { "x-also": "1" }, remove: ["server"] };
  const own = await rejectionOf({ body: "no cats", status: 422, headers });
  assert.equal(own.status, 422);
  assert.equal(own.message, "no cats");
  assert.deepEqual(own.headers, { "x-why": "cats", "x-also": "1" });
  assert.equal(own.reply, undefined);
  const typed = await rejectionOf({ body: "{}", headers: { set: { "content-type": "x/y" } } });
  assert.equal(typed.reply?.body, "{}");
});

Deno.test("compilePromptGuard() gives nothing where there are no guards", () => {
  assert.equal(compiled({}).guards, undefined);
  assert.equal(compiled({ streaming: "Enabled", request: [], response: [] }).guards, undefined);
});

const CLOUDS = {
  openAIModeration: [{ policies: { backendAuth: { key: "k" } } }, {
    host: "api.openai.com:443",
    policies: { backendTLS: {}, backendAuth: { key: "k" } },
  }],
  bedrockGuardrails: [
    { guardrailIdentifier: "a", guardrailVersion: "1", region: "eu-west-1" },
    {
      host: "bedrock-runtime.eu-west-1.amazonaws.com:443",
      policies: { backendTLS: {}, backendAuth: { aws: { region: "eu-west-1" } } },
    },
  ],
  googleModelArmor: [{ templateId: "t", projectId: "p", location: "europe-west4" }, {
    host: "modelarmor.europe-west4.rep.googleapis.com:443",
    policies: { backendTLS: {}, backendAuth: { gcp: {} } },
  }],
  azureContentSafety: [{ endpoint: "a.example.com", analyzeText: {} }, {
    host: "a.example.com:443",
    policies: { backendTLS: {}, backendAuth: { azure: { implicit: {} } } },
  }],
} as const;

Deno.test("compilePromptGuard() calls services with the identity of the machine", () => {
  for (const [kind, [settings, server]] of Object.entries(CLOUDS)) {
    const { servers, context } = compiled({ request: [EMAIL, { [kind]: settings }] });
    assert.deepEqual(servers, [[server, `guardrails.request.1.${kind}`]]);
    assert.deepEqual(messages(context.problems), []);
    assert.deepEqual(messages(context.warnings), []);
  }
});

Deno.test("compilePromptGuard() calls services with the policies of the configuration", () => {
  const own = { aws: { accessKeyId: "a", secretAccessKey: "b" } };
  const bedrock = CLOUDS.bedrockGuardrails[0];
  const [[signed] = []] = compiled({
    request: [{ bedrockGuardrails: { ...bedrock, policies: { backendAuth: own } } }],
  }).servers;
  assert.deepEqual(signed?.policies?.backendAuth, { aws: { region: "eu-west-1", ...own.aws } });
  const policies = { backendAuth: { key: "k" }, backendTLS: { insecure: true } };
  const [[keyed] = []] = compiled({
    request: [{ googleModelArmor: { templateId: "t", projectId: "p", policies } }],
  }).servers;
  assert.deepEqual(keyed, { host: "modelarmor.us-central1.rep.googleapis.com:443", policies });
  const endpoints = {
    "https://a.example.com/": "a.example.com:443",
    "https://a.example.com:8443": "a.example.com:8443",
    "http://127.0.0.1:80": "127.0.0.1:80",
  };
  for (const [endpoint, host] of Object.entries(endpoints)) {
    const [[server] = []] = compiled({
      request: [{ azureContentSafety: { endpoint, detectJailbreak: {} } }],
    }).servers;
    assert.equal(server?.host, host);
    assert.equal(server?.policies?.backendTLS === undefined, endpoint.startsWith("http:"));
  }
});

Deno.test("compilePromptGuard() asks services with their defaults", async () => {
  const asked: string[] = [];
  const answers: Readonly<Record<string, unknown>> = {
    moderations: { results: [{ flagged: false }] },
    apply: { action: "NONE" },
    sanitizeUserPrompt: { sanitizationResult: { filterMatchState: "NO_MATCH_FOUND" } },
    analyze: { categoriesAnalysis: [{ severity: 1 }] },
    detectJailbreak: { jailbreakAnalysis: { detected: false } },
    request: { action: {} },
  };
  const callout: Callout = ({ path, body }) => {
    asked.push(`${path} ${body}`);
    const name = /(\w+)(?:\?.*)?$/.exec(path)?.[1] ?? "";
    return Promise.resolve(Response.json(answers[name]));
  };
  const { guards } = compiled({
    request: [
      { openAIModeration: {} },
      { bedrockGuardrails: CLOUDS.bedrockGuardrails[0] },
      { googleModelArmor: { templateId: "t", projectId: "p" } },
      { azureContentSafety: { endpoint: "a", analyzeText: {} } },
      { azureContentSafety: { endpoint: "a", detectJailbreak: {} } },
      { webhook: { target: { host: "a:1" }, headers: { ":path": "'/x/request'" } } },
    ],
  }, callout);
  assert.equal(await guardTexts(guards?.request ?? [], [textOf("hi")], guardContext()), undefined);
  assert.deepEqual(asked, [
    '/v1/moderations {"input":["hi"],"model":"omni-moderation-latest"}',
    '/guardrail/a/version/1/apply {"source":"INPUT","content":[{"text":{"text":"hi"}}]}',
    "/v1/projects/p/locations/us-central1/templates/t:sanitizeUserPrompt " +
    '{"userPromptData":{"text":"hi"}}',
    '/contentsafety/text:analyze?api-version=2024-09-01 {"text":"hi"}',
    '/contentsafety/text:detectJailbreak?api-version=2024-02-15-preview {"text":"hi"}',
    '/x/request {"body":{"messages":[{"role":"user","content":"hi"}]}}',
  ]);
});

const AZURE = { endpoint: "a.example.com" };
const WEBHOOK = { target: { host: "a:1" } };

const PROBLEMS: readonly (readonly [unknown, ...string[]])[] = [
  [{ request: [EMAIL, { regex: { rules: [{ pattern: ".{1000}" }] } }] }],
  [
    {
      response: [{
        regex: { rules: [{ pattern: "a" }, { pattern: "(a{0,1000}){0,1}".repeat(9) }] },
      }],
    },
    "guardrails.response.0.regex.rules.1.pattern: needs 18029 instructions, more than 10000: " +
    "repeat less in it",
  ],
  [
    { request: [{ webhook: { ...WEBHOOK, headers: { "x-a": "1 +", "x-b": "jwt.sub" } } }] },
    "guardrails.request.0.webhook.headers.x-a: ",
  ],
];

Deno.test("compilePromptGuard() says what is wrong, and where", () => {
  for (const [settings, ...expected] of PROBLEMS) {
    const found = messages(compiled(settings).context.problems);
    assert.equal(found.length, expected.length, found.join("\n"));
    expected.forEach((message, at) => assert.ok(found[at]?.startsWith(message), found.join()));
  }
});

const STREAMS = "streamed answers pass these guards unseen: set streaming to Enabled, or to " +
  "Disabled if that is meant";

const WARNINGS: readonly (readonly [unknown, ...string[]])[] = [
  [{ request: [EMAIL] }],
  [{ response: [EMAIL] }, `guardrails.response: ${STREAMS}`],
  [{ response: [EMAIL], streaming: "Enabled" }],
  [{ response: [EMAIL], streaming: "Disabled" }],
  [
    { request: [{ regex: { rules: [] } }] },
    "guardrails.request.0.regex.rules: has no rules, and so finds nothing",
  ],
  [
    { request: [{ openAIModeration: {} }] },
    "guardrails.request.0.openAIModeration: the moderation API refuses requests without a key: " +
    "set policies.backendAuth",
  ],
  [
    { request: [{ azureContentSafety: AZURE }] },
    "guardrails.request.0.azureContentSafety: looks at nothing: set analyzeText or detectJailbreak",
  ],
  [
    { streaming: "Enabled", response: [{ azureContentSafety: { ...AZURE, detectJailbreak: {} } }] },
    "guardrails.response.0.azureContentSafety: looks at nothing: set analyzeText; " +
    "detectJailbreak is of requests only",
  ],
];

Deno.test("compilePromptGuard() warns of what is legal and may not be meant", () => {
  for (const [settings, ...expected] of WARNINGS) {
    assert.deepEqual(messages(compiled(settings).context.warnings), expected);
  }
});

Deno.test("compilePromptGuard() fails closed or open as a guard says, and tells it", async () => {
  const kinds = {
    ...Object.fromEntries(Object.entries(CLOUDS).map(([kind, [settings]]) => [kind, settings])),
    webhook: WEBHOOK,
  };
  for (const [kind, settings] of Object.entries(kinds)) {
    for (const failureMode of [undefined, "failClosed", "failOpen"]) {
      const mode = failureMode === undefined ? {} : { failureMode };
      const { guards, context } = compiled({ request: [{ [kind]: { ...settings, ...mode } }] });
      const judge = async () =>
        await guardTexts(guards?.request ?? [], [textOf("hi")], guardContext());
      if (failureMode !== "failOpen") {
        await assert.rejects(judge, { status: 503, message: "prompt guard failed" });
        continue;
      }
      assert.equal(await judge(), undefined);
      assert.equal(await judge(), undefined);
      context.nowMs += 60_000;
      assert.equal(await judge(), undefined);
      const told =
        `guard: ${kind} lets texts pass that it could not judge: its server cannot be asked`;
      assert.deepEqual(context.warned, [told, told]);
    }
  }
});

Deno.test("compilePromptGuard() forwards headers that match whole", async () => {
  const asked: (string | undefined)[] = [];
  const callout: Callout = ({ headers }) => {
    asked.push(headers["x-tenant"]);
    return Promise.resolve(Response.json({ action: {} }));
  };
  const regex = { name: "x-tenant", value: { regex: "a|b+" } };
  const exact = { name: "X-Tenant", value: { exact: "c" } };
  const { guards } = compiled({
    request: [{ webhook: { ...WEBHOOK, forwardHeaderMatches: [regex, exact] } }],
  }, callout);
  for (const tenant of ["a", "bb", "ab", "c", "x, c", "cc"]) {
    const headers = new Headers({ "x-tenant": tenant });
    await guardTexts(guards?.request ?? [], [textOf("hi")], guardContext({ headers }));
  }
  assert.deepEqual(asked, ["a", "bb", undefined, "c", "x, c", undefined]);
});
