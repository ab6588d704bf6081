import assert from "node:assert/strict";
import * as v from "valibot";
import { OidcPolicy } from "../../../src/config/schema/oidc.ts";
import { GatewayError } from "../../../src/errors.ts";
import type { Policy } from "../../../src/policies/policy.ts";
import { compileOidc } from "../../../src/runtime/policies/oidc.ts";
import { calloutOver } from "../../support/authorizer.ts";
import { Browser, type Fetcher } from "../../support/browser.ts";
import { compileContext } from "../../support/compile_context.ts";
import { CLIENT, OidcProviderServer } from "../../support/oidc_provider.ts";
import { subjectOf, type TestSubject } from "../../support/subject.ts";

/** Where the gateway is for browsers. */
export const GATEWAY = "https://gateway.test";

const REDIRECT_URI = `${GATEWAY}/oauth/callback`;
const KEY = new Uint8Array(32).fill(7);

type Settings = Readonly<Record<string, unknown>>;

/** A gateway with the policy, and nothing behind it. */
export interface Gate {
  readonly fetcher: Fetcher;
  readonly policy: Policy;
  readonly context: ReturnType<typeof compileContext>;
  /** The requests that were let in. */
  readonly admitted: TestSubject[];
}

/** What policies are compiled with, on the clock of the provider. */
function contextOf() {
  const context = compileContext();
  context.nowMs = Date.now() - 1_700_000_000_000;
  return Object.assign(context, { calloutTo: calloutOver });
}

/** A policy for a provider; `sessionKey` is null for none. */
export function gateOf(
  provider: OidcProviderServer,
  settings: Settings = {},
  sessionKey: Uint8Array | null = KEY,
  context = contextOf(),
): Gate {
  const { issuer } = provider;
  const parsed = v.parse(OidcPolicy, {
    ...{ issuer, clientId: CLIENT.id, clientSecret: CLIENT.secret, redirectURI: REDIRECT_URI },
    ...settings,
  });
  const policy = compileOidc(parsed, ["oidc"], context, sessionKey ?? undefined);
  assert.deepEqual(context.problems, []);
  assert.ok(policy);
  const admitted: TestSubject[] = [];
  return { policy, context, admitted, fetcher: (request) => serve(policy, request, admitted) };
}

/** Serves a request as the gateway does. */
async function serve(policy: Policy, request: Request, admitted: TestSubject[]): Promise<Response> {
  const subject = subjectOf(request);
  const answered = await answer(policy, subject, admitted);
  return await subject.answer(answered);
}

async function answer(
  policy: Policy,
  subject: TestSubject,
  admitted: TestSubject[],
): Promise<Response> {
  try {
    const reply = await policy.apply(subject);
    if (reply !== undefined) return new Response(reply.body, reply);
    admitted.push(subject);
    return new Response(`hello ${subject.identity.jwt?.["sub"]} at ${subject.head.path}`);
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    const { status, headers, code, message, reason } = error;
    assert.equal(reason, "Oidc");
    return new Response(`${code}: ${message}`, { status, headers });
  }
}

/** A provider, a gateway that trusts it, and a browser, until the end of a test. */
export async function place(settings: Settings = {}, sessionKey?: Uint8Array | null) {
  const provider = await OidcProviderServer.start(REDIRECT_URI);
  const gate = gateOf(provider, settings, sessionKey);
  const servers = { [GATEWAY]: gate.fetcher };
  return {
    provider,
    gate,
    servers,
    browser: new Browser({ servers }),
    [Symbol.asyncDispose]: () => provider[Symbol.asyncDispose](),
  };
}
