import { CALLED_APIS } from "../apis/index.ts";
import type { Api, ApiName, CalledApi, Converter, Serve } from "../apis/api.ts";
import type { ChatApiName } from "../chat/api_name.ts";
import { GatewayError } from "../errors.ts";
import type { Place, Provider } from "../providers/provider.ts";

/** How a request in one API reaches a provider that speaks others. */
export type Plan =
  | { readonly type: "forward" }
  | {
    readonly type: "translate";
    readonly serve: Serve;
    readonly candidates: readonly CalledApi[];
  }
  | { readonly type: "convert"; readonly to: ApiName; readonly converter: Converter }
  | { readonly type: "local" };

/**
 * Where client and provider share the API, the bytes go on; chats are translated, other tasks
 * converted, into what the provider prefers; what needs no provider is answered here.
 */
export function planFor(api: Api, provider: Provider, model: string, place: Place): Plan {
  const spoken = provider.speaks(model, place);
  if (spoken.includes(api.name)) return { type: "forward" };
  if (api.serve !== undefined) {
    const offered = provider.translatesTo?.(model, place) ?? spoken;
    const candidates = offered.filter(isChat).map((name) => CALLED_APIS[name]);
    if (candidates.length > 0) return { type: "translate", serve: api.serve, candidates };
  }
  for (const [name, converter] of Object.entries(api.converters ?? {})) {
    const to = spoken.find((one) => one === name);
    if (to !== undefined) return { type: "convert", to, converter };
  }
  if (api.answerLocally !== undefined) return { type: "local" };
  throw new GatewayError(
    "invalid-request",
    `unsupported conversion: ${provider.name} speaks ${spoken.join(", ")}, which ${api.name} ` +
      `cannot be turned into`,
    { code: "unsupported_conversion" },
  );
}

/** Whether an API is one of chats. */
export function isChat(name: ApiName): name is ChatApiName {
  return Object.hasOwn(CALLED_APIS, name);
}
