import { parseObject } from "../apis/parse_object.ts";
import { cachePoints } from "../apis/prompt_caching.ts";
import { countPromptTokens } from "../apis/prompt_tokens.ts";
import { lossesHeader, refuseLosses } from "../chat/losses.ts";
import { editJson, editObject, type JsonEdits, mergeEdits } from "../lib/json_edit.ts";
import { contentCoding } from "../lib/content_coding.ts";
import { editable, type HeaderRecord } from "../lib/header_record.ts";
import type { Route } from "../routing/snapshot.ts";
import { applyForTarget } from "./apply.ts";
import { GaveWay } from "./attempts.ts";
import { estimateOf } from "./estimate.ts";
import { converted, taskContext } from "./convert.ts";
import type { Exchange } from "./exchange.ts";
import type { LlmFacts } from "./facts.ts";
import { forwarded } from "./forward.ts";
import { dropCredentials, isEventStream, RETRY_HEADER, upstreamRequestHeaders } from "./headers.ts";
import {
  askedModel,
  type ModelCall,
  openCall,
  type PreparedCall,
  type WantedCall,
} from "./model_call.ts";
import { type Plan, planFor } from "./plan.ts";
import { relayStream } from "./relay_stream.ts";
import { relayWhole } from "./relay_whole.ts";
import { jsonReply } from "./reply.ts";
import { guardedCall } from "./guarded_call.ts";
import { withBody } from "./variables.ts";
import { parseJson } from "./request_body.ts";
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
  wanted: WantedCall,
): Promise<Response> {
  const { target, api } = wanted;
  const opened = openCall(exchange, wanted);
  const { provider, paths } = target;
  const plan = planFor(api, provider, opened.model, paths);
  const llm = beginLlm(exchange, opened);
  const received = exchange.subject.readBytes;
  const reply = await applyForTarget(exchange, target.policies);
  if (reply !== undefined) return reply;
  const { readBytes } = exchange.subject;
  const isReplaced = readBytes !== undefined && readBytes !== received;
  const given = isReplaced ? openCall(exchange, withBytes(exchange, wanted, readBytes)) : opened;
  const call = await readyCall(exchange, given);
  llm.promptTokens = call.promptTokens;
  await reserve(exchange, route, call);
  if (plan.type === "local") return await answerLocally(exchange, call);
  const prepared = finish(exchange, call, prepare(exchange, call, plan));
  llm.losses = prepared.losses;
  if (target.strict || route.strict) refuseLosses(prepared.losses, prepared.upstreamApi);
  return await deliver(exchange, route, call, prepared, llm);
}

/** The request with the body that a policy of the target gave it. */
function withBytes(
  { head }: Exchange,
  wanted: WantedCall,
  bytes: Uint8Array<ArrayBuffer>,
): WantedCall {
  const received = parseJson(bytes);
  const [before, now] = [wanted.received, received].map(({ json }) => askedModel(head.path, json));
  return { ...wanted, received, model: now === before ? wanted.model : now };
}

/** The call as guards leave it, its prompt counted if that is wanted. */
async function readyCall(exchange: Exchange, opened: ModelCall): Promise<ModelCall> {
  const { target: { guards, tokenize }, api } = opened;
  const call = guards === undefined ? opened : await guardedCall(exchange, opened, guards);
  if (tokenize !== true || !api.metered) return call;
  return { ...call, promptTokens: await countPromptTokens(api, call.request, call.model) };
}

/** The last changes to what goes upstream: marks for its cache, and what the config computes. */
function finish(exchange: Exchange, call: ModelCall, prepared: PreparedCall): PreparedCall {
  const { promptCaching, body: policy } = call.target;
  const hasFinal = policy?.hasFinal === true && call.api.operation === "chat";
  if (promptCaching === undefined && !hasFinal) return prepared;
  let body = parseObject(prepared.body) ?? {};
  let edits: JsonEdits = {};
  if (promptCaching !== undefined) {
    edits = cachePoints(prepared.upstreamApi, body, promptCaching, call) ?? edits;
    body = editObject(body, edits);
  }
  const last = hasFinal ? policy.finalEdits(body, (json) => withBody(exchange, json)) : undefined;
  return { ...prepared, body: editJson(prepared.body, mergeEdits(edits, last)) };
}

/** Has the limits of the route let the call in; once, however often it is tried. */
async function reserve(exchange: Exchange, route: Route, call: ModelCall): Promise<void> {
  const { modelPolicies = [] } = route;
  if (modelPolicies.length === 0 || exchange.isReserved) return;
  // A try may have ended before it came this far.
  exchange.isReserved = true;
  const estimate = estimateOf(exchange, call);
  for (const policy of modelPolicies) await policy.apply(exchange.subject, estimate);
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
  const { target, api, attempt } = call;
  const { upstreamApi, body, passage } = prepared;
  if (call.streaming) attempt.awaitFirstContent();
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
    signal: attempt.signal,
    decode: true,
  }, target.provider.answer);
  attempt.headCame();
  if (attempt.givesWay(answer)) {
    await answer.body?.cancel().catch(() => {});
    throw new GaveWay(answer);
  }
  const response = unfold(answer, target.client ?? exchange.services.client);
  llm.answered = response.ok && api.metered;
  const relay = isStream(response, call.streaming) ? relayStream : relayWhole;
  const { idleMsMax } = route.timeouts ?? {};
  const { request } = call;
  const reply = await relay(
    { exchange, api, target, llm, passage, request, attempt, idleMsMax },
    response,
  );
  attempt.contentCame();
  const lost = lossesHeader(llm.losses);
  if (lost !== "") reply.headers.set(TRANSLATION_HEADER, lost);
  return reply;
}

function requestHeaders(
  exchange: Exchange,
  route: Route,
  { target, model, request, streaming, attempt }: ModelCall,
  { upstreamApi, passage }: PreparedCall,
): HeaderRecord {
  const headers = upstreamRequestHeaders(exchange);
  delete headers["content-encoding"];
  if (attempt.number > 0) headers[RETRY_HEADER] = String(attempt.number);
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

function beginLlm(exchange: Exchange, call: ModelCall): LlmFacts {
  const { facts } = exchange;
  const { api, target, model, request, streaming } = call;
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
  exchange.promptOf = () =>
    (api.texts?.request(request) ?? []).map(({ role, text }) => ({ role, content: text }));
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
