import type { GatewayError } from "../errors.ts";
import type { Arrival } from "../host/host.ts";
import { type RequestHead, requestHead } from "../lib/request_head.ts";
import type { PortPlan } from "../routing/snapshot.ts";
import { consumptionOf } from "./consumption.ts";
import { clientGone, type Clock, type Exchange, type Services } from "./exchange.ts";
import type { Facts } from "./facts.ts";
import { readRequestBody } from "./request_body.ts";
import { RequestSubject } from "./subject.ts";
import { variablesOf } from "./variables.ts";

/** Begins the story of one request. */
export function openExchange(
  request: Request,
  arrival: Arrival,
  plan: PortPlan,
  services: Services,
): Exchange {
  const head = requestHead(request);
  const controller = new AbortController();
  const { signal } = controller;
  const subject = new RequestSubject({
    head,
    peer: arrival.peer,
    signal,
    readBody: (bytesMax) => readRequestBody(exchange, bytesMax),
    variablesOf: () => variablesOf(exchange),
  });
  const ending = endingOf(() => exchange, controller);
  const exchange: Exchange = {
    request,
    arrival,
    subject,
    get head() {
      return subject.head;
    },
    facts: startFacts(head, arrival.peer, plan, services.clock),
    services,
    plan,
    signal,
    errorShape: undefined,
    requestIdHeader: "x-request-id",
    waitingFor: undefined,
    llmRequest: undefined,
    promptOf: undefined,
    answered: undefined,
    attempt: undefined,
    finishing: undefined,
    isReserved: false,
    isChanging: false,
    ...ending,
  };
  const leave = () => exchange.abort(clientGone());
  if (request.signal.aborted) leave();
  else request.signal.addEventListener("abort", leave, { once: true });
  services.inFlight.add(exchange);
  return exchange;
}

/** The ways in which an exchange comes to its end. */
function endingOf(
  exchangeOf: () => Exchange,
  controller: AbortController,
): Pick<Exchange, "abort" | "endAfter" | "settle"> {
  const timers: ReturnType<typeof setTimeout>[] = [];
  let isOpen = true;
  function abort(reason: GatewayError): void {
    controller.abort(reason);
    exchangeOf().attempt?.abort(reason);
  }
  return {
    abort,
    endAfter: (ms, late) => void timers.push(setTimeout(() => abort(late()), ms)),
    settle(ending) {
      const exchange = exchangeOf();
      if (exchange.isChanging) exchange.finishing ??= ending;
      if (!isOpen || exchange.isChanging) return;
      isOpen = false;
      const { services, facts, subject } = exchange;
      for (const timer of timers) clearTimeout(timer);
      services.inFlight.delete(exchange);
      facts.ending = ending;
      facts.endedMs = services.clock.now();
      // Whatever fails here, all others are told.
      try {
        priceOf(exchange);
      } catch (cause) {
        services.internalError(cause);
      }
      subject.settled(() => consumptionOf(exchange), services.internalError);
      services.observer.settled(facts);
    },
  };
}

/** What the tokens of an answer cost. */
function priceOf({ facts: { llm }, plan }: Exchange): void {
  if (llm?.usage === undefined || plan.prices === undefined) return;
  const { responseModel, requestModel } = llm;
  const models = responseModel === undefined ? [requestModel] : [responseModel, requestModel];
  const cost = plan.prices.price(llm.provider, models, llm.usage);
  if (cost !== undefined) llm.cost = cost;
}

function startFacts(head: RequestHead, peer: string, plan: PortPlan, clock: Clock): Facts {
  const startedMs = clock.now();
  return {
    startedAtEpochMs: clock.epochMs(),
    startedMs,
    endedMs: startedMs,
    bind: plan.bind,
    gateway: plan.gateway,
    peer,
    method: head.method,
    host: head.authority,
    path: head.path + head.query,
    // HTTP/2 has `:authority` in place of a host header; runtimes do not tell the version.
    httpVersion: head.headers.has("host") ? "HTTP/1.1" : "HTTP/2.0",
    status: 0,
    reason: "Upstream",
    ending: "finished",
    responseBytes: 0,
    protocol: "http",
  };
}
