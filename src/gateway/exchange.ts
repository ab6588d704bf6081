import type { ErrorShape } from "../apis/error_shapes.ts";
import { GatewayError } from "../errors.ts";
import type { Arrival, Client } from "../host/host.ts";
import { type RequestHead, requestHead } from "../lib/request_head.ts";
import type { PortPlan } from "../routing/snapshot.ts";
import type { AttemptControl } from "./attempt.ts";
import type { Ending, Facts, FactsObserver } from "./facts.ts";
import { consumptionOf } from "./consumption.ts";
import { readRequestBody } from "./request_body.ts";
import { RequestSubject } from "./subject.ts";
import { variablesOf } from "./variables.ts";

/** What the data plane takes from its surroundings; shared by all requests of a process. */
export interface Services {
  readonly client: Client;
  readonly observer: FactsObserver;
  readonly clock: Clock;
  readonly random: () => number;
  /**
   * How long the head of a stream waits for its first content, in milliseconds: until then an error
   * of the provider can still be a plain answer with its status.
   */
  readonly heldMsMax: number;
  readonly inFlight: Set<Exchange>;
  readonly internalError: (error: unknown) => void;
}

/** The clock of the data plane. */
export interface Clock {
  /** Monotonic, in milliseconds. */
  now(): number;
  epochMs(): number;
}

/** One request in flight. */
export interface Exchange {
  readonly request: Request;
  readonly arrival: Arrival;
  /** The request as its policies see it and have made it. */
  readonly subject: RequestSubject;
  /** The request line and the headers, as the policies so far have made them. */
  readonly head: RequestHead;
  readonly facts: Facts;
  readonly services: Services;
  readonly plan: PortPlan;
  /** Aborted when the client leaves, a deadline passes or the process stops; it has the reason. */
  readonly signal: AbortSignal;
  /** How the client's API words errors; until the route type is known, its path tells. */
  errorShape: ErrorShape | undefined;
  /** Where the client's SDK looks for the provider's id of a request. */
  requestIdHeader: string;
  /** Set while the head of an upstream's answer is awaited. */
  waitingFor: { readonly origin: string; readonly sinceMs: number } | undefined;
  /** The messages of a request to a model, for those who look at them. */
  promptOf: (() => readonly { readonly role: string; readonly content: string }[]) | undefined;
  /** The newest answer of an upstream, as far as its head goes. */
  answered: { readonly status: number; readonly headers: Headers } | undefined;
  /** The try that is under way, where a failure of it need not end the request. */
  attempt: AttemptControl | undefined;
  /** How an answer that is wholly there ends, until its last edits are done. */
  finishing: Ending | undefined;
  /** Ends all work for this request. */
  abort(reason: GatewayError): void;
  /** Ends all work for this request, should it take longer than so many milliseconds. */
  endAfter(ms: number, late: () => GatewayError): void;
  /** Hands the facts to their observer; the first call counts. */
  settle(ending: Ending): void;
}

/** Begins the story of one request. */
export function openExchange(
  request: Request,
  arrival: Arrival,
  plan: PortPlan,
  services: Services,
): Exchange {
  const head = requestHead(request);
  const facts = startFacts(head, arrival.peer, plan, services.clock);
  const controller = new AbortController();
  const timers: ReturnType<typeof setTimeout>[] = [];
  let open = true;
  const abort = (reason: GatewayError) => {
    controller.abort(reason);
    exchange.attempt?.abort(reason);
  };
  const leave = () => abort(clientGone());
  const { signal } = controller;
  const subject = new RequestSubject({
    head,
    peer: arrival.peer,
    signal,
    readBody: (bytesMax) => readRequestBody(exchange, bytesMax),
    variablesOf: () => variablesOf(exchange),
  });
  const exchange: Exchange = {
    request,
    arrival,
    subject,
    get head() {
      return subject.head;
    },
    facts,
    services,
    plan,
    signal,
    errorShape: undefined,
    requestIdHeader: "x-request-id",
    waitingFor: undefined,
    promptOf: undefined,
    answered: undefined,
    attempt: undefined,
    finishing: undefined,
    abort,
    endAfter: (ms, late) => void timers.push(setTimeout(() => abort(late()), ms)),
    settle(ending) {
      if (!open) return;
      open = false;
      for (const timer of timers) clearTimeout(timer);
      services.inFlight.delete(exchange);
      facts.ending = ending;
      facts.endedMs = services.clock.now();
      priceOf(exchange);
      subject.settled(() => consumptionOf(exchange));
      services.observer.settled(facts);
    },
  };
  if (request.signal.aborted) leave();
  else request.signal.addEventListener("abort", leave, { once: true });
  services.inFlight.add(exchange);
  return exchange;
}

/** What the tokens of an answer cost. */
function priceOf({ facts: { llm }, plan }: Exchange): void {
  if (llm?.usage === undefined || plan.prices === undefined) return;
  const { responseModel, requestModel } = llm;
  const models = responseModel === undefined ? [requestModel] : [responseModel, requestModel];
  const cost = plan.prices.price(llm.provider, models, llm.usage);
  if (cost !== undefined) llm.cost = cost;
}

/** The reason of an abort that the client caused. */
export function clientGone(): GatewayError {
  return new GatewayError("client-gone", "the client closed the connection");
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
