import assert from "node:assert/strict";
import * as v from "valibot";
import type { ApiName, JsonObject } from "../../src/apis/api.ts";
import type { HeaderRecord } from "../../src/lib/header_record.ts";
import { editObject } from "../../src/lib/json_edit.ts";
import { providerKinds } from "../../src/providers/index.ts";
import type { Provider, ProviderCall } from "../../src/providers/provider.ts";

/** A provider of a kind, connected with settings that its schema takes. */
export function connected(type: string, settings: object = {}): Provider {
  const kind = providerKinds.find((one) => one.type === type);
  assert.ok(kind, type);
  return kind.connect(v.parse(kind.settings, settings), { now: () => 0 });
}

/** What the schema of a kind says of settings; empty if it takes them. */
export function refusals(type: string, settings: unknown): readonly string[] {
  const kind = providerKinds.find((one) => one.type === type);
  assert.ok(kind, type);
  return (v.safeParse(kind.settings, settings).issues ?? []).map(({ message }) => message);
}

/** Where a provider is called, if not at its own address. */
export interface Address {
  readonly host?: string;
  readonly prefix?: string;
}

/** The ends of the paths of APIs whose providers put nothing else into them. */
const API_PATHS: Readonly<Partial<Record<ApiName, string>>> = {
  completions: "/chat/completions",
  messages: "/messages",
  messagesCount: "/messages/count_tokens",
  responses: "/responses",
  embeddings: "/embeddings",
  rerank: "/rerank",
};

/** The URL of a call, by what `PathRule` says of itself. */
export function urlOf(
  { paths, origin, origins }: Provider,
  api: ApiName,
  { model = "m", streaming = false, host, prefix }: Partial<ProviderCall> & Address = {},
): string {
  const authority = host === undefined ? origins?.[api] ?? origin : `http://${host}`;
  const whole = paths.exact?.[api];
  if (whole !== undefined) return `${authority}${whole}`;
  const own = paths.of?.({ api, model, streaming });
  if (own !== undefined) return `${authority}${prefix ?? ""}${own}`;
  return `${authority}${prefix ?? paths.base}${API_PATHS[api]}`;
}

/** The body that a provider is sent. */
export function adapted(
  provider: Provider,
  request: JsonObject,
  call: Partial<ProviderCall> = {},
): JsonObject {
  return editObject(request, provider.adapt?.(callOf({ request, ...call })) ?? {});
}

/** The headers that a provider is sent. */
export function headersAfter(
  provider: Provider,
  headers: HeaderRecord,
  call: Partial<ProviderCall> = {},
): HeaderRecord {
  const edited = { ...headers };
  provider.editHeaders?.(edited, callOf(call));
  return edited;
}

function callOf(call: Partial<ProviderCall>): ProviderCall {
  return {
    api: "completions",
    request: {},
    model: "m",
    streaming: false,
    headers: new Headers(),
    place: { hostOverridden: false },
    forwarded: false,
    ...call,
  };
}
