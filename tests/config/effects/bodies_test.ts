/** What the configuration makes of bodies, and of answers that the gateway gives itself. */
import assert from "node:assert/strict";
import { policyOf } from "../../policies/auth/auth_policy.ts";
import { ISSUER, keySetText, signingKey, token } from "../../policies/auth/tokens.ts";
import { at } from "../../support/json.ts";
import { subjectOf } from "../../support/subject.ts";
import { bodyOf, type Seen, tried } from "./tried.ts";

const claude = (upstream: string, promptCaching: object) => ({
  llm: {
    models: [{
      name: "m",
      provider: "anthropic",
      params: { hostOverride: upstream },
      promptCaching: { minTokens: 0, ...promptCaching },
    }],
  },
});

const TOOL = { type: "function", function: { name: "f", parameters: { type: "object" } } };

const CONVERSATION = {
  model: "m",
  tools: [TOOL],
  messages: [
    { role: "system", content: "You help." },
    { role: "user", content: "one" },
    { role: "assistant", content: "two" },
    { role: "user", content: "three" },
  ],
};

/** Where the marks are, by what stands beside them. */
async function marks(promptCaching: object): Promise<readonly string[]> {
  const { sent: [first] } = await tried(
    ({ upstream }) => claude(upstream, promptCaching),
    [{ body: CONVERSATION }],
  );
  assert.ok(first);
  const found: string[] = [];
  JSON.parse(bodyOf(first), (_, value) => {
    if (typeof value === "object" && value !== null && "cache_control" in value) {
      found.push(value.text ?? value.name);
    }
    return value;
  });
  return found.sort();
}

Deno.test("marks for a prompt's cache stand where the configuration says", async () => {
  const none = { cacheSystem: false, cacheMessages: false, cacheTools: false };
  assert.deepEqual(await marks(none), []);
  assert.deepEqual(await marks({ ...none, cacheSystem: true }), ["You help."]);
  assert.deepEqual(await marks({ ...none, cacheTools: true }), ["f"]);
  assert.deepEqual(await marks({ ...none, cacheMessages: true }), ["three"]);
  assert.deepEqual(await marks({ ...none, cacheMessages: true, cacheMessageOffset: 1 }), ["two"]);
  assert.deepEqual(await marks({ ...none, cacheSystem: true, minTokens: 1_000_000 }), []);
});

const mocked = (response: object) => ({
  llm: { models: [{ name: "m", provider: { mock: { responses: [response] } } }] },
});

for (const finishReason of ["stop", "length", "tool_calls", "content_filter"]) {
  Deno.test(`a mock answers with the finish reason ${finishReason}`, async () => {
    const { text } = await tried(() => mocked({ text: "Well.", finishReason }));
    assert.equal(at(JSON.parse(text), "choices", 0, "finish_reason"), finishReason);
  });
}

const STREAM = {
  body: { model: "m", stream: true, messages: [{ role: "user", content: "Hello" }] },
};

const eventsIn = ({ text }: Seen) => text.split("\n\n").length;

Deno.test("a mock's answer has its own pace and pieces", async () => {
  const text = "one two three four five six seven eight";
  const plain = await tried(() => mocked({ text }), [STREAM]);
  const slow = await tried(() => mocked({ text, pace: { firstToken: "60ms" } }), [STREAM]);
  assert.ok(slow.durationMs >= 55);
  const large = await tried(() => mocked({ text, chunking: { tokensPerChunk: 100 } }), [STREAM]);
  assert.ok(eventsIn(large) < eventsIn(plain));
});

const toServer = (upstream: string, policies: object) => ({
  gateways: { default: { port: 1 } },
  routes: [{ policies, backends: [{ host: upstream }] }],
});

Deno.test("a body that is too large is refused, or goes on", async () => {
  const outcome = async (failureMode: string) => {
    const { status } = await tried(({ upstream }) =>
      toServer(upstream, { buffer: { request: { maxBytes: 1, failureMode } } })
    );
    return status;
  };
  assert.deepEqual([await outcome("failClosed"), await outcome("failOpen")], [413, 200]);
});

Deno.test("a redirect leads to the scheme that is named", async () => {
  for (const scheme of ["http", "https"]) {
    const { headers } = await tried(({ upstream }) =>
      toServer(upstream, { requestRedirect: { scheme } })
    );
    assert.equal(new URL(headers.get("location") ?? "").protocol, `${scheme}:`);
  }
});

Deno.test("every role of a prompt is one of the messages", async () => {
  for (const role of ["system", "developer", "user", "assistant"]) {
    const { sent: [first] } = await tried(({ upstream }) => ({
      gateways: { default: { port: 1 } },
      routes: [{
        policies: { ai: { prompts: { prepend: [{ role, content: "first of all" }] } } },
        backends: [{
          ai: {
            name: "p",
            provider: { custom: { formats: [{ type: "completions" }] } },
            hostOverride: upstream,
          },
        }],
      }],
    }));
    assert.ok(first);
    const message = at(JSON.parse(bodyOf(first)), "messages", 0);
    assert.deepEqual(message, { role, content: "first of all" });
  }
});

Deno.test("each issuer of tokens has claims that it wants", async () => {
  const key = await signingKey("k");
  const jwks = keySetText(key);
  const wanting = (requiredClaims: readonly string[]) =>
    policyOf("jwtAuth", {
      mode: "strict",
      providers: [{ issuer: ISSUER, jwks, jwtValidationOptions: { requiredClaims } }],
    });
  const authorization = `Bearer ${await token(key)}`;
  const subject = () => subjectOf(new Request("http://a/", { headers: { authorization } }));
  assert.equal(await wanting(["sub"]).apply(subject()), undefined);
  await assert.rejects(async () => await wanting(["team"]).apply(subject()));
});
