import type { JsonObject } from "../apis/api.ts";
import type { Variables } from "../cel/expression.ts";
import {
  destinationVariable,
  llmVariable,
  type LlmView,
  proxyVariable,
  requestVariable,
  responseVariable,
  sourceVariable,
} from "../cel/variables.ts";
import type { Arrival } from "../host/host.ts";
import type { Exchange } from "./exchange.ts";
import type { Facts, LlmFacts } from "./facts.ts";

/**
 * What expressions see of a request, as far as it has come: every name is looked up anew, so that
 * it shows what the policies have made of the request by then.
 */
export function variablesOf(exchange: Exchange): Variables {
  const { facts, subject, arrival } = exchange;
  const { identity } = subject;
  return {
    get request() {
      return shownRequest(exchange);
    },
    get response() {
      const { answered } = exchange;
      return answered === undefined ? undefined : responseVariable(answered);
    },
    get jwt() {
      return identity.jwt;
    },
    get apiKey() {
      const { apiKey, presentedKey } = identity;
      return apiKey === undefined ? undefined : { ...apiKey.metadata, key: presentedKey };
    },
    get basicAuth() {
      return identity.basicAuth;
    },
    get extauthz() {
      return identity.extauthz;
    },
    get metadata() {
      return identity.metadata;
    },
    get llmRequest() {
      return exchange.llmRequest;
    },
    get llm() {
      return facts.llm === undefined ? undefined : llmVariable(shownLlm(exchange, facts.llm));
    },
    get source() {
      return sourceVariable({ peer: subject.peer, certificate: certificateOf(arrival) });
    },
    get destination() {
      return shownDestination(facts);
    },
    get backend() {
      return shownBackend(facts);
    },
    get proxy() {
      return proxyVariable(shownProxy(exchange));
    },
  };
}

/** The same, with a request's body as `llmRequest`. */
export function withBody({ subject }: Exchange, llmRequest: JsonObject | undefined): Variables {
  if (llmRequest === undefined) return subject.variables;
  return Object.create(subject.variables, { llmRequest: { value: llmRequest, enumerable: true } });
}

function shownDestination({ endpoint }: Facts): unknown {
  return endpoint === undefined ? undefined : destinationVariable({ endpoint });
}

function shownBackend({ backend, protocol }: Facts): unknown {
  if (backend === undefined) return undefined;
  return { name: backend, type: protocol === "llm" ? "ai" : "static", protocol };
}

function certificateOf({ tls }: Arrival) {
  const certificate = tls?.clientCertificate;
  return certificate === undefined ? undefined : { ...certificate, certificate: certificate.pem };
}

function shownRequest({ facts, subject }: Exchange): unknown {
  const { method, scheme, authority, path, query, headers } = subject.head;
  return requestVariable({
    method,
    scheme,
    authority,
    path,
    query,
    headers,
    version: facts.httpVersion,
    body: () => subject.readBytes,
    startedAtEpochMs: facts.startedAtEpochMs,
    endedAtEpochMs: facts.startedAtEpochMs + (facts.endedMs - facts.startedMs),
  });
}

function shownLlm({ facts, promptOf }: Exchange, llm: LlmFacts): LlmView {
  const { usage, parameters } = llm;
  const firstMs = llm.firstTokenMs;
  const outputTokens = usage?.outputTokens ?? 0;
  return {
    provider: llm.provider,
    requestModel: llm.requestModel,
    streaming: llm.streaming,
    responseModel: llm.responseModel,
    params: {
      temperature: parameters.temperature,
      top_p: parameters.topP,
      max_tokens: parameters.maxTokens,
      frequency_penalty: parameters.frequencyPenalty,
      presence_penalty: parameters.presencePenalty,
      seed: parameters.seed,
    },
    prompt: promptOf,
    tokens: {
      input: usage?.inputTokens ?? llm.promptTokens,
      output: usage?.outputTokens,
      cachedInput: usage?.cacheReadTokens,
      cacheCreationInput: usage?.cacheWriteTokens,
      reasoning: usage?.reasoningTokens,
      inputAudio: usage?.inputAudioTokens,
      outputAudio: usage?.outputAudioTokens,
    },
    timeToFirstTokenMs: firstMs === undefined ? undefined : firstMs - facts.startedMs,
    timePerOutputTokenMs: firstMs === undefined || outputTokens === 0
      ? undefined
      : (facts.endedMs - firstMs) / outputTokens,
    cost: shownCost(llm.cost),
    costRates: llm.cost?.rates,
  };
}

function shownCost(cost: LlmFacts["cost"]) {
  if (cost === undefined) return undefined;
  const { rates: _rates, totalPicoUsd: _picos, ...parts } = cost;
  return parts;
}

function shownProxy({ facts }: Exchange) {
  const [namespace, name = ""] = facts.gateway.split("/");
  const { upstreamSentMs: sentMs, upstreamHeadersMs: headMs, responseReadyMs: readyMs } = facts;
  const between = (fromMs: number | undefined, toMs: number | undefined) =>
    fromMs === undefined || toMs === undefined ? undefined : toMs - fromMs;
  return {
    bind: facts.bind,
    gateway: { ...(namespace === undefined ? {} : { namespace }), name },
    listener: facts.listener,
    route: facts.route === undefined ? undefined : shownRoute(facts.route, facts.routeRule),
    requestProcessingMs: between(facts.startedMs, sentMs),
    upstreamMs: between(sentMs, headMs),
    responseProcessingMs: between(headMs, readyMs),
  };
}

function shownRoute(route: string, rule: string | undefined) {
  const slash = route.indexOf("/");
  return {
    namespace: route.slice(0, slash),
    name: route.slice(slash + 1),
    ...(rule === undefined ? {} : { rule }),
  };
}
