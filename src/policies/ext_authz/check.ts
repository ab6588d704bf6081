import type { Mapping } from "../../lib/mapping.ts";
import type { Reply } from "../policy.ts";
import type { Subject } from "../subject.ts";

/** Asks a service about requests. */
export interface Check {
  /** Whether an expression of it needs the body of the request. */
  readonly needsBody: boolean;
  /** Headers, in lower case, that the upstream may have from the service alone. */
  readonly ownedHeaders: readonly string[];
  /** Throws `NoDecision`, or the signal's reason. */
  ask(subject: Subject): Promise<Decision>;
}

/** What a service decides. */
export type Decision = Allowed | Denied;

/** The request is let in, with changes. */
export interface Allowed {
  readonly type: "allowed";
  /** Names of headers that the upstream does not get. */
  readonly removed: readonly string[];
  readonly headers: readonly HeaderChange[];
  /** Of the answer to the client. */
  readonly answerHeaders: readonly HeaderChange[];
  /** Parameters of the query: a value, or undefined where it is taken out. */
  readonly query: readonly (readonly [name: string, value: string | undefined])[];
  readonly metadata: Mapping | undefined;
}

/** The request is not let in. */
export interface Denied {
  readonly type: "denied";
  readonly status: number;
  /** What the service has for the client. */
  readonly reply: Reply | undefined;
}

/** A header, its name in lower case. */
export interface HeaderChange {
  readonly name: string;
  readonly value: string;
  readonly how: "set" | "append" | "addIfAbsent" | "setIfPresent";
}

/** The service could not decide. */
export class NoDecision extends Error {
  override readonly name = "NoDecision";
  /** What it had for the client, with a status that says that it failed. */
  readonly denied: Denied | undefined;

  constructor(message: string, options: { cause?: unknown; denied?: Denied } = {}) {
    super(message, "cause" in options ? { cause: options.cause } : undefined);
    this.denied = options.denied;
  }
}

/** How much of a body a service gets. */
export interface BodyOptions {
  readonly bytesMax: number;
  /** Whether it gets the beginning of a longer one. */
  readonly mayBePartial: boolean;
}

/** Applies changes to headers. */
export function changeHeaders(headers: Headers, changes: readonly HeaderChange[]): void {
  for (const { name, value, how } of changes) {
    const known = headers.get(name);
    const isThere = known !== null;
    // Cookies are the one list that has no commas (RFC 6265, section 4.2).
    if (how === "append" && name === "cookie" && isThere) headers.set(name, `${known}; ${value}`);
    else if (how === "append") headers.append(name, value);
    else if (how === "addIfAbsent" ? !isThere : how === "set" || isThere) headers.set(name, value);
  }
}
