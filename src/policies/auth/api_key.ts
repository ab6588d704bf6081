import { createHash, timingSafeEqual } from "node:crypto";
import { Redacted } from "../../cel/values/redacted.ts";
import { GatewayError } from "../../errors.ts";
import type { Policy } from "../policy.ts";
import type { KnownKey, Subject } from "../subject.ts";
import { BEARER, type CredentialPlace, type CredentialSource } from "./credential_source.ts";
import { admit, type AuthFault, type AuthMode } from "./mode.ts";

/** What is known of one key; the key itself is not. */
export interface ApiKeyEntry {
  /** The SHA-256 of the key, as 64 small hexadecimal digits. */
  readonly hash: string;
  readonly known: KnownKey;
  /** From when on the key is refused, in milliseconds since 1970. */
  readonly expiresAtMs: number | undefined;
}

interface ApiKeySettings {
  readonly keys: readonly ApiKeyEntry[];
  readonly mode: AuthMode;
  readonly source: CredentialSource;
  epochMs(): number;
}

/**
 * Where the SDKs of providers put a key: each of them can be pointed at the gateway without a word
 * on headers in the configuration.
 */
export const API_KEY_PLACES: readonly CredentialPlace[] = [
  BEARER,
  { type: "header", name: "x-api-key", prefix: "" },
  { type: "header", name: "api-key", prefix: "" },
  { type: "header", name: "x-goog-api-key", prefix: "" },
  { type: "query", name: "key" },
];

/** The SHA-256 of a key, as `ApiKeyEntry` has it. */
export function keyHash(key: string): string {
  return createHash("sha256").update(key).digest("hex");
}

/** What stands for a key, by its hash, where the key must not be; see `KnownKey.id`. */
export function keyId(hash: string): string {
  return hash.slice(0, hash.length / 2);
}

/** Finds out who the client is by its key. */
export function apiKey({ keys, mode, source, epochMs }: ApiKeySettings): Policy {
  const find = finder(keys);
  function identify(subject: Subject): AuthFault | undefined {
    const key = source.read(subject);
    if (key === undefined) return ABSENT;
    const entry = find(key);
    if (entry === undefined) return UNKNOWN;
    if (entry.expiresAtMs !== undefined && entry.expiresAtMs <= epochMs()) return EXPIRED;
    subject.identity.apiKey = entry.known;
    subject.identity.presentedKey = new Redacted(key);
    source.remove(subject, key);
  }
  return { name: "apiKey", apply: (subject) => admit(mode, identify(subject), refusal) };
}

const ABSENT = { isAbsent: true, why: "no API Key found", code: "missing_api_key" };
const UNKNOWN = { isAbsent: false, why: "invalid credentials", code: "invalid_api_key" };
const EXPIRED = { isAbsent: false, why: "the API key has expired", code: "expired_api_key" };

interface Candidate extends ApiKeyEntry {
  readonly digest: Uint8Array;
}

/** Takes as long for an unknown key as for a known one. */
function finder(keys: readonly ApiKeyEntry[]): (key: string) => ApiKeyEntry | undefined {
  const byHash = new Map(keys.map((entry): [string, Candidate] => {
    return [entry.hash, { ...entry, digest: bytes(entry.hash) }];
  }));
  const nothing = new Uint8Array(32);
  return (key) => {
    const hash = keyHash(key);
    const found = byHash.get(hash);
    return timingSafeEqual(bytes(hash), found?.digest ?? nothing) ? found : undefined;
  };
}

function bytes(hash: string): Uint8Array {
  return Uint8Array.fromHex(hash);
}

function refusal({ why, code }: AuthFault): GatewayError {
  const message = `api key authentication failure: ${why}`;
  return new GatewayError("unauthenticated", message, { code, reason: "APIKeyAuth" });
}
