import { decodeJwt } from "jose";
import { jwtVariable } from "../../cel/variables.ts";
import type { Policy, Reply } from "../policy.ts";
import type { Subject } from "../subject.ts";
import { cookieJar } from "./cookies.ts";
import { oidcFailure } from "./failure.ts";
import { beginLogin, finishLogin, type LoginSettings } from "./login.ts";
import type { OidcProvider } from "./provider.ts";
import { type Renew, renewals } from "./renewals.ts";
import { sealer } from "./sealer.ts";
import { type Session, type SessionStore, sessionStore } from "./session.ts";

/** Where browsers log in, and how their sessions are kept. */
export interface OidcSettings {
  readonly provider: OidcProvider;
  /** Tells the policy from others, whose sessions it does not take. */
  readonly policyId: string;
  readonly redirectUri: string;
  /** What sessions are encrypted with: 32 bytes. */
  readonly sessionKey: Uint8Array;
  epochMs(): number;
  randomBytes(count: number): Uint8Array;
}

/** Lets in browsers whose user has logged in, and sends others to do so. */
export function oidc(settings: OidcSettings): Policy {
  const { provider, policyId, sessionKey, epochMs, randomBytes } = settings;
  const { pathname, origin, protocol } = new URL(settings.redirectUri);
  const jar = cookieJar({ prefix: `agw-${policyId}-`, isSecure: protocol === "https:" });
  const seal = sealer({ key: sessionKey, randomBytes });
  const gate: Gate = {
    login: { provider, jar, sealer: seal, policyId, origin, epochMs, randomBytes },
    sessions: sessionStore(jar, seal, policyId),
    renew: renewals({ provider, epochMs }),
  };
  return {
    name: "oidc",
    apply(subject) {
      const { method, path } = subject.head;
      if (method === "GET" && path === pathname) return finish(gate, subject);
      const session = gate.sessions.read(subject);
      if (session === undefined) return stranger(gate, subject);
      if (session.untilS * 1_000 > epochMs()) return identify(gate, subject, session);
      return renewed(gate, subject, session);
    },
  };
}

interface Gate {
  readonly login: LoginSettings;
  readonly sessions: SessionStore;
  readonly renew: Renew;
}

async function finish({ login, sessions }: Gate, subject: Subject): Promise<Reply> {
  const { tokens, returnUrl, cookies } = await finishLogin(login, subject);
  const { idToken, refreshToken, claims } = tokens;
  const session = { idToken, refreshToken, untilS: Number(claims["exp"]) };
  const kept = sessions.cookies(session, subject) ??
    sessions.cookies({ ...session, refreshToken: undefined }, subject);
  if (kept === undefined) {
    throw oidcFailure("internal", "the ID token is too large for cookies", "session_too_large");
  }
  const headers = new Headers({ location: returnUrl, "cache-control": "no-store" });
  for (const cookie of [...kept, ...cookies]) headers.append("set-cookie", cookie);
  return { status: 302, headers, body: null };
}

async function renewed(
  gate: Gate,
  subject: Subject,
  session: Session,
): Promise<Reply | undefined> {
  const fresh = await gate.renew(session, subject.signal);
  const cookies = fresh === undefined ? undefined : gate.sessions.cookies(fresh, subject);
  if (fresh === undefined || cookies === undefined) return await stranger(gate, subject);
  subject.onAnswer(({ headers }) => {
    for (const cookie of cookies) headers.append("set-cookie", cookie);
  });
  return identify(gate, subject, fresh);
}

function identify({ login }: Gate, subject: Subject, { idToken }: Session): undefined {
  subject.identity.jwt = jwtVariable(decodeJwt(idToken), idToken);
  login.jar.strip(subject);
}

/** Programs cannot log in, so they are told; browsers are sent to do it. */
async function stranger({ login }: Gate, subject: Subject): Promise<Reply> {
  if (isNavigation(subject)) return await beginLogin(login, subject);
  throw oidcFailure("unauthenticated", "no session: log in with a browser", "missing_session");
}

/** Whether somebody looks at the answer in a browser, and not a script of a page. */
function isNavigation({ head: { method, headers } }: Subject): boolean {
  const mode = headers.get("sec-fetch-mode");
  if (method !== "GET" || (mode !== null && mode !== "navigate")) return false;
  return /(?:^|,)\s*(?:text\/html|application\/xhtml\+xml)\s*(?:[;,]|$)/i
    .test(headers.get("accept") ?? "");
}
