import type { Mapping } from "../../lib/mapping.ts";
import { Redacted } from "../values/redacted.ts";

/** What `jwt` is in expressions: the verified claims, and the token, redacted, as `rawToken`. */
export function jwtVariable(claims: Mapping, rawToken: string): Mapping {
  return { ...claims, rawToken: new Redacted(rawToken) };
}

/** What `apiKey` is in expressions: the key's metadata, and the key itself, redacted, as `key`. */
export function apiKeyVariable(metadata: Mapping, key: string): Mapping {
  return { ...metadata, key: new Redacted(key) };
}
