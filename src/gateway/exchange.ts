import type { ErrorShape } from "../apis/error_shapes.ts";
import { GatewayError } from "../errors.ts";
import type { Arrival, Client } from "../host/host.ts";
import { type RequestHead, requestHead } from "../lib/request_head.ts";
import type { PortPlan } from "../routing/snapshot.ts";
import type { Ending, Facts, FactsObserver } from "./facts.ts";

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
  /** Ends all work for this request. */
  abort(reason: GatewayError): void;
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
  const leave = () => controller.abort(clientGone());
  if (request.signal.aborted) leave();
  else request.signal.addEventListener("abort", leave, { once: true });
  let open = true;
  const exchange: Exchange = {
    request,
    arrival,
    head,
    facts,
    services,
    plan,
    signal: controller.signal,
    errorShape: undefined,
    requestIdHeader: "x-request-id",
    waitingFor: undefined,
    abort: (reason) => controller.abort(reason),
    settle(ending) {
      if (!open) return;
      open = false;
      services.inFlight.delete(exchange);
      facts.ending = ending;
      facts.endedMs = services.clock.now();
      services.observer.settled(facts);
    },
  };
  services.inFlight.add(exchange);
  return exchange;
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
