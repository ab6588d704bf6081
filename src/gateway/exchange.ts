import type { JsonObject } from "../apis/api.ts";
import type { ErrorShape } from "../apis/error_shapes.ts";
import { GatewayError } from "../errors.ts";
import type { Arrival, Client } from "../host/host.ts";
import type { RequestHead } from "../lib/request_head.ts";
import type { PortPlan } from "../routing/snapshot.ts";
import type { Ending, Facts, FactsObserver } from "./facts.ts";
import type { RequestSubject } from "./subject.ts";

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

/** What can end a try from outside. */
export interface AttemptControl {
  abort(reason: GatewayError): void;
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
  /** The body of a request to a model as it came. */
  llmRequest: JsonObject | undefined;
  /** The messages of a request to a model, for those who look at them. */
  promptOf: (() => readonly { readonly role: string; readonly content: string }[]) | undefined;
  /** The newest answer of an upstream, as far as its head goes. */
  answered: { readonly status: number; readonly headers: Headers } | undefined;
  /** The try that is under way, where a failure of it need not end the request. */
  attempt: AttemptControl | undefined;
  /** How an answer that is wholly there ends, until its last edits are done. */
  finishing: Ending | undefined;
  /** Set when the limits of models have been asked, which they are once. */
  isReserved: boolean;
  /** Set while the last edits of an answer are done: what ends meanwhile is settled after them. */
  isChanging: boolean;
  /** Ends all work for this request. */
  abort(reason: GatewayError): void;
  /** Ends all work for this request, should it take longer than so many milliseconds. */
  endAfter(ms: number, late: () => GatewayError): void;
  /** Hands the facts to their observer; the first call counts. */
  settle(ending: Ending): void;
}

/** The reason of an abort that the client caused. */
export function clientGone(): GatewayError {
  return new GatewayError("client-gone", "the client closed the connection");
}
