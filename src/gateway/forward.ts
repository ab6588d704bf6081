import type { Api, JsonObject } from "../apis/api.ts";
import { contentCoding } from "../lib/content_coding.ts";
import { editable } from "../lib/header_record.ts";
import { editJson, editObject, type JsonEdits, mergeEdits } from "../lib/json_edit.ts";
import type { Target } from "../routing/backend.ts";
import type { Route } from "../routing/snapshot.ts";
import type { Exchange } from "./exchange.ts";
import type { LlmFacts } from "./facts.ts";
import { isEventStream, upstreamRequestHeaders } from "./headers.ts";
import { relayStream } from "./relay_stream.ts";
import { relayWhole } from "./relay_whole.ts";
import type { JsonRequest } from "./request_body.ts";
import { send } from "./send.ts";
import { unfold } from "./unfold.ts";
import { apiPath } from "./upstream_url.ts";

/** A request in an API that client and provider share: its bytes go on, with edits. */
export async function forward(
  exchange: Exchange,
  route: Route,
  target: Target,
  api: Api,
  { text, json }: JsonRequest,
): Promise<Response> {
  const edits = editsFor(target, api, json);
  const sent = editObject(json, edits);
  api.view.check(sent);
  const llm = beginLlm(exchange, target, api, sent);
  const headers = upstreamRequestHeaders(exchange.head.headers, exchange.arrival);
  delete headers["content-encoding"];
  route.editRequestHeaders?.(editable(headers));
  const call = {
    upstream: target,
    path: apiPath(target, api, exchange.head),
    headers,
    body: editJson(text, edits),
    decode: true,
  };
  const answer = await send(exchange, call, target.provider.answer);
  const response = unfold(answer, exchange.services.client);
  llm.answered = response.ok;
  const relay = isStream(response, llm) ? relayStream : relayWhole;
  return await relay({ exchange, api, target, llm, request: json, sent }, response);
}

/** All edits in the order of the configuration: model, overrides, defaults, then the provider's. */
function editsFor(target: Target, api: Api, request: JsonObject): JsonEdits {
  const configured = configuredEdits(target, request);
  let edited = editObject(request, configured);
  const model = typeof edited.model === "string" ? edited.model : "";
  const adapted = target.provider.adapt?.(api.name, edited, model);
  if (adapted !== undefined) edited = editObject(edited, adapted);
  return mergeEdits(configured, adapted, api.view.askForUsage(edited));
}

function configuredEdits({ model, overrides, defaults }: Target, request: JsonObject): JsonEdits {
  const set: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(defaults ?? {})) {
    if (!Object.hasOwn(request, key)) set[key] = value;
  }
  if (model !== undefined && request.model !== model) set.model = model;
  return { set: { ...set, ...overrides } };
}

function beginLlm({ facts }: Exchange, { provider }: Target, { view }: Api, sent: JsonObject) {
  const llm: LlmFacts = {
    operation: "chat",
    provider: provider.name,
    requestModel: String(sent.model),
    parameters: view.parameters(sent),
    streaming: view.streams(sent),
    answered: false,
  };
  facts.protocol = "llm";
  facts.llm = llm;
  return llm;
}

/**
 * A body that cannot be read cannot be cut into events either.
 *
 * The body is looked at last: to ask for it makes a stream of an answer that may be read whole.
 */
function isStream(response: Response, { streaming }: LlmFacts): boolean {
  const { ok, headers } = response;
  return ok && isEventStream(headers, streaming) &&
    contentCoding(headers.get("content-encoding")) !== null && response.body !== null;
}
