import type { ApiName } from "../../apis/api.ts";
import { defined } from "../../lib/defined.ts";
import type { HeaderRecord } from "../../lib/header_record.ts";
import { ANTHROPIC_VERSION } from "../claude_headers.ts";
import { withoutModel } from "../gemini_edits.ts";
import { geminiPath } from "../gemini_paths.ts";
import type { Provider, ProviderCall } from "../provider.ts";
import { API_OF_FORMAT, type Format } from "./formats.ts";

/** The settings of a compatible upstream, checked. */
export interface CompatibleSettings {
  readonly formats: readonly Format[];
  readonly model?: string;
  readonly providerOverride?: string;
}

/** An upstream that speaks known APIs at an address that the config names. */
export function connect({ formats, model, providerOverride }: CompatibleSettings): Provider {
  const spoken = formats.map(({ type }) => API_OF_FORMAT[type]);
  const exact: Partial<Record<ApiName, string>> = {};
  for (const { type, path } of formats) if (path !== undefined) exact[API_OF_FORMAT[type]] = path;
  return {
    name: providerOverride ?? "custom",
    ...defined({ model }),
    speaks: () => spoken,
    paths: {
      base: "/v1",
      exact,
      of: (call) => isGoogles(call.api) ? geminiPath(call) : undefined,
      keepsClientPath: false,
      dropsVersion: false,
    },
    adapt: withoutModel,
    editHeaders,
  };
}

/** Only Google's paths name the model. */
function isGoogles(api: ApiName): boolean {
  return api === "gemini" || api === "geminiCount";
}

/** Servers of Anthropic's API ask for its version, which clients of other APIs do not send. */
function editHeaders(headers: HeaderRecord, { api }: ProviderCall): void {
  if (api === "messages" || api === "messagesCount") {
    headers["anthropic-version"] ??= ANTHROPIC_VERSION;
  }
}
