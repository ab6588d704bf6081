import { defined } from "../../lib/defined.ts";
import type { HeaderRecord } from "../../lib/header_record.ts";
import { setAnthropicVersion } from "../claude_headers.ts";
import { claudeThoughtEdits } from "../claude_thoughts.ts";
import type { KeyPlace, Provider, ProviderCall } from "../provider.ts";

/** Anthropic's settings, checked. */
export interface AnthropicSettings {
  readonly model?: string;
}

/** Anthropic's own API. */
export function connect({ model }: AnthropicSettings): Provider {
  return {
    name: "anthropic",
    ...defined({ model }),
    speaks: () => ["messages", "messagesCount"],
    origin: "https://api.anthropic.com",
    paths: { base: "/v1", keepsClientPath: true, dropsVersion: true },
    placeKey,
    adapt: claudeThoughtEdits,
    editHeaders,
  };
}

/** Keys have a header of their own; OAuth tokens, which start like this, are bearer tokens. */
function placeKey(key: string): KeyPlace | undefined {
  return key.startsWith("sk-ant-oat") ? undefined : { header: "x-api-key" };
}

/** What browsers add; Anthropic refuses requests from browsers, and this one is the gateway's. */
const FROM_BROWSER = /^(?:origin$|access-control-|sec-fetch-)/;

function editHeaders(headers: HeaderRecord, call: ProviderCall): void {
  setAnthropicVersion(headers, call);
  for (const name of Object.keys(headers)) if (FROM_BROWSER.test(name)) delete headers[name];
}
