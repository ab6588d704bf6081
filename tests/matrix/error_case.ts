import assert from "node:assert/strict";
import { scripted } from "../support/upstreams/scripts.ts";
import type { ClientName, Wish } from "./chat_client.ts";
import { expected } from "./exceptions.ts";
import type { Answered, Failed, Talk } from "./talk.ts";
import { calledApi } from "./talk.ts";

/** Asks for every error that there is, and for one before and one after the first content. */
export async function errorCase(talk: Talk): Promise<Answered[]> {
  for (const [status, types] of statuses) await plainError(talk, status, types);
  if (!talk.stream) return [];
  await errorBeforeContent(talk);
  await errorAfterContent(talk);
  return [];
}

type Types = Readonly<Record<ClientName, string>>;

/** A status, and the word that each client's API has for it. */
const statuses: readonly (readonly [status: number, types: Types])[] = [
  [400, types("invalid_request_error", "invalid_request_error", "INVALID_ARGUMENT")],
  [401, types("authentication_error", "authentication_error", "UNAUTHENTICATED")],
  [403, types("authentication_error", "permission_error", "PERMISSION_DENIED")],
  [404, types("invalid_request_error", "not_found_error", "NOT_FOUND")],
  [413, types("invalid_request_error", "request_too_large", "INVALID_ARGUMENT")],
  [429, types("rate_limit_error", "rate_limit_error", "RESOURCE_EXHAUSTED")],
  [500, types("api_error", "api_error", "INTERNAL")],
  [503, types("api_error", "api_error", "UNAVAILABLE")],
  [529, types("api_error", "overloaded_error", "UNAVAILABLE")],
];

/** OpenAI's two APIs share their errors. */
function types(openAi: string, messages: string, gemini: string): Types {
  return { completions: openAi, responses: openAi, messages, gemini };
}

function asking(text: string): Wish {
  return { said: [{ by: "user", text }] };
}

async function plainError(talk: Talk, status: number, types: Types): Promise<void> {
  const mayRetry = status === 429 || status >= 503;
  const message = `It failed with ${status}: "why?"`;
  const fault = { status, message, ...(mayRetry && { retryAfterS: 17 }) };
  const failed = await talk.fail(asking(scripted({ fault })));
  assert.equal(failed.status, status, JSON.stringify(failed.body));
  assert.equal(failed.error.message, message);
  if (!isNative(talk)) assert.equal(failed.error.type, types[talk.client.name]);
  if (mayRetry) assert.equal(failed.headers.get("retry-after"), "17");
  assertRequestId(talk, failed, status);
  assert.equal(failed.facts.llm?.usage, undefined);
  assert.equal(failed.facts.llm?.answered, false);
}

/** The provider's own words go on, so that its own word for the error does. */
function isNative(talk: Talk): boolean {
  return calledApi(talk) === talk.client.name;
}

function assertRequestId(talk: Talk, { headers }: Failed, status: number): void {
  const id = headers.get(talk.client.requestIdHeader) ?? "";
  const usual = refusals.includes(status)
    ? expected(talk, "request id of refusals", someId, noId)
    : someId;
  assert.match(id, expected(talk, "request id", usual, noId));
}

const someId = /^[\w-]{20,}$/;
const noId = /^$/;

/** A cloud's front door answers with these itself. */
const refusals = [401, 403, 404, 429];

/** Until something of the answer has come, an error is a plain one. */
async function errorBeforeContent(talk: Talk): Promise<void> {
  for (const status of [429, 500]) {
    const message = "It failed at once.";
    const fault = { status, message, inStreamAfter: 0 };
    const failed = await talk.fail(asking(scripted({ text: "never said", fault })));
    assert.equal(failed.status, status, JSON.stringify(failed.body));
    assert.equal(failed.error.message, message);
    assert.equal(failed.error.type, typeOf(talk, status));
  }
}

async function errorAfterContent(talk: Talk): Promise<void> {
  const message = "It failed half way.";
  const text = ["Once ", "upon ", "a time"];
  const fault = { status: 429, message, inStreamAfter: 2 };
  const { error, textBefore, facts } = await talk.failInStream(asking(scripted({ text, fault })));
  assert.equal(textBefore, "Once upon ");
  assert.equal(error.message, message);
  // In its streams the Responses API has a code in place of a type, which is the provider's own.
  const hasType = talk.client.name !== "responses" && !isNative(talk);
  if (hasType) assert.equal(error.type, typeOf(talk, 429));
  assert.equal(facts.ending, "upstream-cut");
}

function typeOf({ client }: Talk, status: number): string | undefined {
  return statuses.find(([one]) => one === status)?.[1][client.name];
}
