import { GatewayError } from "../../errors.ts";
import type { Policy } from "../policy.ts";
import type { Subject } from "../subject.ts";
import type { PasswordChecker } from "./check_password.ts";
import type { CredentialSource } from "./credential_source.ts";
import { admit, type AuthFault, type AuthMode } from "./mode.ts";

interface BasicAuthSettings {
  readonly isRight: PasswordChecker;
  readonly realm: string;
  readonly mode: AuthMode;
  readonly source: CredentialSource;
  /** Whether the client takes the gateway for a forward proxy, and is answered as by one. */
  readonly asProxy: boolean;
}

/** Hashing a password takes time by its length; no user has so long a one. */
const TEXT_LENGTH_MAX = 2048;

/** Finds out who the client is by a name and a password. */
export function basicAuth(settings: BasicAuthSettings): Policy {
  const { isRight, mode, source } = settings;
  const refusal = (fault: AuthFault) => refusalOf(fault, settings);

  function conclude(subject: Subject, text: string, name: string, right: boolean): undefined {
    if (!right) return admit(mode, WRONG, refusal);
    subject.identity.basicAuth = { username: name };
    source.remove(subject, text);
  }

  return {
    name: "basicAuth",
    apply(subject) {
      const text = source.read(subject);
      if (text === undefined) return admit(mode, ABSENT, refusal);
      const user = decoded(text);
      if (user === undefined) return admit(mode, WRONG, refusal);
      const right = isRight(user.name, user.password);
      return typeof right === "boolean"
        ? conclude(subject, text, user.name, right)
        : right.then((right) => conclude(subject, text, user.name, right));
    },
  };
}

const ABSENT = {
  isAbsent: true,
  why: "no basic authentication credentials found",
  code: "missing_credentials",
};
const WRONG = { isAbsent: false, why: "invalid credentials", code: "invalid_credentials" };

interface User {
  readonly name: string;
  readonly password: string;
}

function decoded(text: string): User | undefined {
  if (text.length > TEXT_LENGTH_MAX) return undefined;
  try {
    const joined = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
      .decode(Uint8Array.fromBase64(text));
    const colon = joined.indexOf(":");
    if (colon < 0) return undefined;
    return { name: joined.slice(0, colon), password: joined.slice(colon + 1) };
  } catch {
    return undefined;
  }
}

function refusalOf({ why, code }: AuthFault, { realm, asProxy }: BasicAuthSettings): GatewayError {
  const challenge = `Basic realm="${realm.replaceAll(/["\\]/g, "\\$&")}"`;
  return new GatewayError("unauthenticated", `basic authentication failure: ${why}`, {
    code,
    reason: "BasicAuth",
    ...(asProxy ? { status: 407 } : {}),
    headers: { [asProxy ? "proxy-authenticate" : "www-authenticate"]: challenge },
  });
}
