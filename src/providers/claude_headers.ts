import type { HeaderRecord } from "../lib/header_record.ts";
import type { ProviderCall } from "./provider.ts";

/** The version that Anthropic's API requires (https://docs.anthropic.com/en/api/versioning). */
export const ANTHROPIC_VERSION = "2023-06-01";

/**
 * Says in which version of Anthropic's API a request is written: what the gateway writes and reads
 * is of that one, while a client's own words are of the version that the client names.
 */
export function setAnthropicVersion(headers: HeaderRecord, { forwarded }: ProviderCall): void {
  if (forwarded) headers["anthropic-version"] ??= ANTHROPIC_VERSION;
  else headers["anthropic-version"] = ANTHROPIC_VERSION;
}
