import type { Api } from "../apis/api.ts";
import { lossesHeader, refuseLosses } from "../chat/losses.ts";
import { contentCoding } from "../lib/content_coding.ts";
import { editable, type HeaderRecord } from "../lib/header_record.ts";
import type { Target } from "../routing/backend.ts";
import type { Route } from "../routing/snapshot.ts";
import { converted, taskContext } from "./convert.ts";
import type { Exchange } from "./exchange.ts";
import type { LlmFacts } from "./facts.ts";
import { forwarded } from "./forward.ts";
import { dropCredentials, isEventStream, upstreamRequestHeaders } from "./headers.ts";
import { type ModelCall, openCall, type PreparedCall } from "./model_call.ts";
import { type Plan, planFor } from "./plan.ts";
import { relayStream } from "./relay_stream.ts";
import { relayWhole } from "./relay_whole.ts";
import { jsonReply } from "./reply.ts";
import type { JsonRequest } from "./request_body.ts";
import { send } from "./send.ts";
import { translated } from "./translate.ts";
import { unfold } from "./unfold.ts";
import { apiPath } from "./upstream_url.ts";

/** Tells the client what a translation of its request could not carry. */
const TRANSLATION_HEADER = "x-agentgateway-translation";

/** Answers a request to a model: by its provider, in whatever API that speaks. */
export async function callModel(
  exchange: Exchange,
  route: Route,
  target: Target,
  api: Api,
  received: JsonRequest,
): Promise<Response> {
  const call = openCall(exchange, target, api, received);
  const { provider, paths } = target;
  const plan = planFor(api, provider, call.model, paths);
  const llm = beginLlm(exchange, call);
  if (plan.type === "local") return await answerLocally(exchange, call);
  const prepared = prepare(exchange, call, plan);
  llm.losses = prepared.losses;
  if (target.strict || route.strict) refuseLosses(prepared.losses, prepared.upstreamApi);
  return await deliver(exchange, route, call, prepared, llm);
}

function prepare(
  exchange: Exchange,
  call: ModelCall,
  plan: Exclude<Plan, { readonly type: "local" }>,
): PreparedCall {
  switch (plan.type) {
    case "forward":
      return forwarded(exchange, call);
    case "translate":
      return translated(exchange, call, plan.serve, plan.candidates);
    case "convert":
      return converted(exchange, call, plan.to, plan.converter);
  }
}

async function answerLocally(exchange: Exchange, call: ModelCall): Promise<Response> {
  const answer = await call.api.answerLocally?.(call.request, taskContext(exchange, call));
  exchange.facts.reason = "DirectResponse";
  return jsonReply(exchange, 200, answer, "finished");
}

async function deliver(
  exchange: Exchange,
  route: Route,
  call: ModelCall,
  prepared: PreparedCall,
  llm: LlmFacts,
): Promise<Response> {
  const { target, api } = call;
  const { upstreamApi, body, passage } = prepared;
  llm.upstreamApi = upstreamApi;
  const answer = await send(exchange, {
    upstream: target,
    place: target.places?.[upstreamApi],
    credential: target.credentialFor?.(upstreamApi) ?? target.credential,
    path: apiPath(exchange.head, target, {
      api: upstreamApi,
      model: call.model,
      streaming: call.streaming,
      path: prepared.path,
      isVerbatim: passage.isVerbatim,
    }),
    headers: requestHeaders(exchange, route, call, prepared),
    body,
    decode: true,
  }, target.provider.answer);
  const response = unfold(answer, exchange.services.client);
  llm.answered = response.ok && api.metered;
  const relay = isStream(response, call.streaming) ? relayStream : relayWhole;
  const reply = await relay(
    { exchange, api, target, llm, passage, request: call.request },
    response,
  );
  const lost = lossesHeader(llm.losses);
  if (lost !== "") reply.headers.set(TRANSLATION_HEADER, lost);
  return reply;
}

function requestHeaders(
  exchange: Exchange,
  route: Route,
  { target, model, request, streaming }: ModelCall,
  { upstreamApi, passage }: PreparedCall,
): HeaderRecord {
  const headers = upstreamRequestHeaders(exchange.head.headers, exchange.arrival);
  delete headers["content-encoding"];
  if (!passage.isVerbatim) headers["content-type"] = "application/json";
  dropCredentials(headers, target);
  target.provider.editHeaders?.(headers, {
    api: upstreamApi,
    request,
    model,
    streaming,
    headers: exchange.head.headers,
    place: target.paths,
    forwarded: passage.isVerbatim,
  });
  route.editRequestHeaders?.(editable(headers));
  return headers;
}

function beginLlm({ facts }: Exchange, { api, target, model, request, streaming }: ModelCall) {
  const llm: LlmFacts = {
    operation: api.operation,
    clientApi: api.name,
    provider: target.provider.name,
    requestModel: model,
    parameters: api.view.parameters(request),
    streaming,
    answered: false,
    losses: [],
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
function isStream(response: Response, streaming: boolean): boolean {
  const { ok, headers } = response;
  return ok && isEventStream(headers, streaming) &&
    contentCoding(headers.get("content-encoding")) !== null && response.body !== null;
}
