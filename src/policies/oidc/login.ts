import { createHash } from "node:crypto";
import { isMapping } from "../../lib/mapping.ts";
import type { Reply } from "../policy.ts";
import type { Subject } from "../subject.ts";
import type { CookieJar } from "./cookies.ts";
import { oidcFailure } from "./failure.ts";
import type { Login, OidcProvider, Tokens } from "./provider.ts";
import type { Sealer } from "./sealer.ts";

/** How logins are begun and ended. */
export interface LoginSettings {
  readonly provider: OidcProvider;
  readonly jar: CookieJar;
  readonly sealer: Sealer;
  readonly policyId: string;
  /** Where browsers are sent back to in the end: scheme and host. */
  readonly origin: string;
  epochMs(): number;
  randomBytes(count: number): Uint8Array;
}

/** A login that has come to its end. */
export interface Finished {
  readonly tokens: Tokens;
  readonly returnUrl: string;
  /** Headers that take back the cookies of the login. */
  readonly cookies: readonly string[];
}

/** So long may somebody take to log in. */
const LOGIN_S_MAX = 600;
/** So many logins of a browser may be under way, as in several tabs. */
const LOGINS_MAX = 5;
/** The longest path with query that a browser is brought back to. */
const RETURN_LENGTH_MAX = 1_500;

/** Sends a browser to the provider. */
export async function beginLogin(settings: LoginSettings, subject: Subject): Promise<Reply> {
  const { provider, jar, sealer, policyId, epochMs, randomBytes } = settings;
  const { path, query } = subject.head;
  const token = () => randomBytes(32).toBase64({ alphabet: "base64url", omitPadding: true });
  const login = { state: token(), nonce: token(), verifier: token() };
  const place = path + query;
  const begun: BegunLogin = {
    ...login,
    returnTo: place.length > RETURN_LENGTH_MAX ? "/" : place,
    untilMs: epochMs() + LOGIN_S_MAX * 1_000,
  };
  const challenge = createHash("sha256").update(login.verifier).digest("base64url");
  const headers = new Headers({
    location: await provider.loginUrl(login, challenge, subject.signal),
    "cache-control": "no-store",
  });
  const sealed = sealer.seal(JSON.stringify(begun), purposeOf(policyId));
  headers.append("set-cookie", jar.set(cookieName(login.state), sealed, LOGIN_S_MAX));
  const others = jar.names(subject).filter((name) => name.startsWith(COOKIE));
  if (others.length >= LOGINS_MAX) {
    for (const name of others) headers.append("set-cookie", jar.expire(name));
  }
  return { status: 302, headers, body: null };
}

/** Takes a browser that comes back from the provider; throws where it must not be let in. */
export async function finishLogin(
  { provider, jar, sealer, policyId, origin, epochMs }: LoginSettings,
  subject: Subject,
): Promise<Finished> {
  const callback = new URLSearchParams(subject.head.query);
  const state = callback.get("state") ?? "";
  const name = cookieName(state);
  const sealed = jar.read(subject, name);
  const text = sealed === undefined ? undefined : sealer.open(sealed, purposeOf(policyId));
  const begun = text === undefined ? undefined : parsed(text);
  if (begun === undefined || begun.state !== state || begun.untilMs <= epochMs()) {
    const why = "the login was not begun in this browser, or too long ago: begin again";
    throw oidcFailure("invalid-request", why, "unknown_login");
  }
  const tokens = await provider.redeem(callback, begun, subject.signal);
  // Always with a host before it: a path that begins with two slashes would name another.
  return { tokens, returnUrl: origin + begun.returnTo, cookies: [jar.expire(name)] };
}

interface BegunLogin extends Login {
  readonly returnTo: string;
  readonly untilMs: number;
}

const COOKIE = "l-";

/** Each login has a cookie of its own, for several may be under way. */
function cookieName(state: string): string {
  return COOKIE + state.slice(0, 10);
}

function purposeOf(policyId: string): string {
  return `login ${policyId}`;
}

function parsed(text: string): BegunLogin | undefined {
  const value: unknown = JSON.parse(text);
  if (!isMapping(value)) return undefined;
  const { state, nonce, verifier, returnTo, untilMs } = value;
  return typeof state === "string" && typeof nonce === "string" && typeof verifier === "string" &&
      typeof returnTo === "string" && typeof untilMs === "number"
    ? { state, nonce, verifier, returnTo, untilMs }
    : undefined;
}
