import { createLocalJWKSet, type JWK, type JWTVerifyGetKey } from "jose";
import { isMapping } from "../../lib/mapping.ts";

/** Public keys that signatures of tokens are checked with. */
export interface KeySet {
  readonly kids: ReadonlySet<string>;
  /** Finds a key by the header of a token. */
  readonly find: JWTVerifyGetKey;
}

/** A key set as it was read, with what of it is of no use. */
export interface ParsedKeySet {
  /** Undefined where nothing in it is of use. */
  readonly keys: KeySet | undefined;
  readonly problems: readonly string[];
}

/** Reads the JSON of a key set (RFC 7517); no message quotes a key. */
export function parseKeySet(text: string): ParsedKeySet {
  const listed = listOf(text);
  if (listed === undefined) {
    const message = 'must be the JSON of a key set, such as {"keys": [{"kty": "EC", ...}]}';
    return { keys: undefined, problems: [message] };
  }
  // Keys for encryption stand beside the others in the sets of many issuers.
  const signing = listed.filter((key) => !isMapping(key) || key.use !== "enc");
  const usable: JWK[] = [];
  const kids = new Set<string>();
  const problems: string[] = [];
  for (const [index, key] of signing.entries()) {
    const problem = fault(key);
    if (problem !== undefined || !isPublicKey(key)) {
      problems.push(`key ${index + 1} of the set ${problem ?? NO_KEY}`);
      continue;
    }
    kids.add(key.kid);
    usable.push(key);
  }
  if (usable.length === 0) {
    if (problems.length === 0) problems.push("must have a key for signatures");
    return { keys: undefined, problems };
  }
  return { keys: { kids, find: createLocalJWKSet({ keys: usable }) }, problems };
}

function listOf(text: string): readonly unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isMapping(value) && Array.isArray(value.keys) ? value.keys : undefined;
  } catch {
    return undefined;
  }
}

/** Members that a public key has to have, by its kind. */
const MEMBERS: ReadonlyMap<unknown, readonly string[]> = new Map([
  ["RSA", ["n", "e"]],
  ["EC", ["crv", "x", "y"]],
  ["OKP", ["crv", "x"]],
]);

const NO_KEY = "must be an RSA, EC or OKP key with all its members";

function fault(key: unknown): string | undefined {
  if (!isMapping(key)) return NO_KEY;
  if (key.kty === "oct") return "is a shared secret: only public keys can be trusted";
  if (Object.hasOwn(key, "d")) return "is a private key: give its public members alone";
  if (!MEMBERS.get(key.kty)?.every((member) => typeof key[member] === "string")) return NO_KEY;
  if (typeof key.kid === "string" && key.kid !== "") return undefined;
  return "has no kid, by which tokens name their key";
}

function isPublicKey(key: unknown): key is JWK & { readonly kid: string } {
  return fault(key) === undefined;
}
