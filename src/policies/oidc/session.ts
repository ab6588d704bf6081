import { isMapping } from "../../lib/mapping.ts";
import type { Subject } from "../subject.ts";
import type { CookieJar } from "./cookies.ts";
import type { Sealer } from "./sealer.ts";

/** A login that has been made. */
export interface Session {
  readonly idToken: string;
  /** Until when it holds, in seconds since 1970. */
  readonly untilS: number;
  /** What the provider gives a new one for. */
  readonly refreshToken: string | undefined;
}

/** Keeps sessions in the browser. */
export interface SessionStore {
  read(subject: Subject): Session | undefined;
  /** The headers that set the cookies of a session; undefined where it is too large for them. */
  cookies(session: Session, subject: Subject): readonly string[] | undefined;
}

/** Browsers take cookies of 4096 bytes, with their names and flags. */
const COOKIE_LENGTH_MAX = 3_600;

/** Servers take requests whose headers have 16 KiB together, of which others need some. */
const COOKIES_MAX = 3;

/** Keeps sessions in cookies that nobody else can read or make. */
export function sessionStore(jar: CookieJar, sealer: Sealer, policyId: string): SessionStore {
  const purpose = `session ${policyId}`;
  const numbers = Array.from({ length: COOKIES_MAX }, (_, index) => index);
  const stale = (subject: Subject, count: number) => {
    const present = new Set(jar.names(subject));
    return numbers.slice(count).map((index) => `s${index}`).filter((name) => present.has(name));
  };
  return {
    read(subject) {
      const first = jar.read(subject, "s0");
      const [, count = "", start = ""] = /^(\d)\.(.*)$/.exec(first ?? "") ?? [];
      if (first === undefined || Number(count) > COOKIES_MAX) return undefined;
      const rest = numbers.slice(1, Number(count)).map((index) => jar.read(subject, `s${index}`));
      if (rest.includes(undefined)) return undefined;
      const text = sealer.open([start, ...rest].join(""), purpose);
      return text === undefined ? undefined : parsed(text);
    },
    cookies({ idToken, untilS, refreshToken }, subject) {
      const sealed = sealer.seal(JSON.stringify({ idToken, untilS, refreshToken }), purpose);
      const count = Math.ceil(sealed.length / COOKIE_LENGTH_MAX);
      if (count > COOKIES_MAX) return undefined;
      const set = numbers.slice(0, count).map((index) => {
        const at = index * COOKIE_LENGTH_MAX;
        const part = sealed.slice(at, at + COOKIE_LENGTH_MAX);
        return jar.set(`s${index}`, index === 0 ? `${count}.${part}` : part);
      });
      return [...set, ...stale(subject, count).map((name) => jar.expire(name))];
    },
  };
}

function parsed(text: string): Session | undefined {
  const value: unknown = JSON.parse(text);
  if (!isMapping(value)) return undefined;
  const { idToken, untilS, refreshToken } = value;
  if (typeof idToken !== "string" || typeof untilS !== "number") return undefined;
  return {
    idToken,
    untilS,
    refreshToken: typeof refreshToken === "string" ? refreshToken : undefined,
  };
}
