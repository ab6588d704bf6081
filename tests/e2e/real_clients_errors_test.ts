import assert from "node:assert/strict";
import { type ProviderName, providerNames, startAllProviders } from "../support/all_providers.ts";
import { type SeenError, seenError } from "../support/clients/errors.ts";
import { type LoopName, loopNames, loops } from "../support/clients/index.ts";
import { suite } from "../support/suite.ts";
import { type Script, scripted } from "../support/upstreams/scripts.ts";

const test = suite(() => startAllProviders());

const statuses = [400, 401, 403, 404, 413, 429, 500, 503, 529] as const;

const cuts = ["reset", "close", "end"] as const;

for (const [row, provider] of providerNames.entries()) {
  for (const [column, client] of loopNames.entries()) {
    const cutHow = cuts[(row + column) % cuts.length] ?? "end";
    const fail = (url: string, script: Script, stream = true) =>
      seenError(loops[client](url, provider, { stream, question: scripted(script) }));

    test(`${client} has ${provider}'s errors as its own`, async ({ gateway }) => {
      for (const status of statuses) {
        for (const stream of [false, true]) {
          const message = `told ${status}`;
          const error = await fail(gateway.url, {
            fault: { status, message, retryAfterS: 7 },
          }, stream);
          assertOwn(error, { client, status, message });
          if (client === "genai") continue;
          assert.equal(error.retryAfter, "7");
          assertRequestId(error, namesRefusals(provider, status));
        }
      }
    });

    test(`${client} has ${provider}'s error before a stream's content as plain`, async (shared) => {
      const message = "told 429";
      const error = await fail(shared.gateway.url, {
        text: ["never ", "said"],
        fault: { status: 429, message, inStreamAfter: 0 },
      });
      assertOwn(error, { client, status: 429, message });
      if (client !== "genai") assertRequestId(error, !isGoogles(provider));
    });

    test(`${client} has a stream of ${provider} that says nothing as plain 502`, async (shared) => {
      const error = await fail(shared.gateway.url, { text: ["never said"], cutAfter: 0 });
      assertOwn(error, { client, status: 502, message: "broke off" });
      if (client !== "genai") assertRequestId(error, !isGoogles(provider));
    });

    test(`${client} sees ${provider}'s error behind content`, async ({ gateway }) => {
      for (const status of [429, 500] as const) {
        const message = `told ${status}`;
        const error = await fail(gateway.url, {
          text: ["this ", "and ", "that ", "and more"],
          fault: { status, message, inStreamAfter: 2 },
        });
        assertInStream(error, { client, status, message });
      }
    });

    test(`${client} sees that ${provider} was cut by ${cutHow}`, async ({ gateway }) => {
      const text = ["this ", "and ", "that ", "and more"];
      const error = await fail(gateway.url, { text, cutAfter: 2, cutHow });
      assertInStream(error, { client, status: 502, message: "broke off" });
    });
  }
}

interface Expected {
  readonly client: LoopName;
  readonly status: number;
  readonly message: string;
}

/** Checks that an answer with an error status has become the SDK's own error. */
function assertOwn(error: SeenError, { client, status, message }: Expected): void {
  assert.equal(error.type, typeOf(client, status), error.message);
  assert.equal(error.status, status);
  assert.ok(error.message.includes(message), error.message);
}

/** The SDKs of OpenAI and Anthropic do not tell a status of what comes in a stream. */
function assertInStream(error: SeenError, { client, status, message }: Expected): void {
  const official = client === "genai" ? "ApiError" : "APIError";
  const isAiSdk = client.startsWith("ai-sdk");
  assert.equal(error.type, isAiSdk ? "StreamProviderError" : official, error.message);
  const told = status === 502 && client !== "genai" && client !== "ai-sdk google" ? 500 : status;
  assert.equal(error.status, isAiSdk || client === "genai" ? told : undefined);
  assert.ok(error.message.includes(message), error.message);
}

function assertRequestId({ requestId }: SeenError, isTold: boolean): void {
  if (isTold) assert.match(requestId ?? "", /^req_|^[\da-f]{8}-/);
  else assert.equal(requestId, undefined);
}

function isGoogles(provider: ProviderName): boolean {
  return provider.includes("gemini");
}

/** Google's own answers have no id, also those that it gives in Claude's place. */
function namesRefusals(provider: ProviderName, status: number): boolean {
  const isVertexs = provider === "vertex-claude" && [401, 403, 404, 429].includes(status);
  return !isGoogles(provider) && !isVertexs;
}

/** The class that an SDK has for a status. */
function typeOf(client: LoopName, status: number): string {
  if (client === "genai") return "ApiError";
  if (client.startsWith("ai-sdk")) return "APICallError";
  const own = client === "anthropic" ? anthropicTypes[status] : undefined;
  return own ?? ownTypes[status] ?? (status < 500 ? "APIError" : "InternalServerError");
}

/** The names that OpenAI and Anthropic share. */
const ownTypes: Readonly<Record<number, string>> = {
  400: "BadRequestError",
  401: "AuthenticationError",
  403: "PermissionDeniedError",
  404: "NotFoundError",
  429: "RateLimitError",
};

/** What Anthropic has besides. */
const anthropicTypes: Readonly<Record<number, string>> = {
  413: "ContentTooLargeError",
  503: "ServiceUnavailableError",
  529: "OverloadedError",
};
