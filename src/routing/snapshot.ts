import type { PriceCatalog } from "../cost/price_catalog.ts";
import type { ModelPolicy, Policy } from "../policies/policy.ts";
import type { EditHeaders } from "../policies/header_edits.ts";
import type { Weighted } from "./backend.ts";
import type { HostTable } from "./hostname.ts";
import type { PortTls } from "./port_tls.ts";
import type { RetryPlan, Timeouts } from "./retry.ts";
import type { RequestHead } from "../lib/request_head.ts";

/** All that a config says about serving, compiled; immutable, and shared by its requests. */
export interface Snapshot {
  readonly ports: ReadonlyMap<number, PortPlan>;
}

/** What is served on one port. */
export interface PortPlan {
  readonly port: number;
  /** As in the metrics: `bind/4000`. */
  readonly bind: string;
  /** As in the metrics: `default/default`. */
  readonly gateway: string;
  readonly listeners: HostTable<Listener>;
  readonly bodyBytesMax: number;
  readonly tls?: PortTls | undefined;
  readonly prices?: PriceCatalog | undefined;
}

/** Routes for some host names of a port. */
export interface Listener {
  readonly name: string;
  /** What is done to its requests before a route is found, in this order. */
  readonly policies?: readonly Policy[];
  readonly findRoute: (head: RequestHead) => Route | undefined;
}

/** What happens to the requests that a route matches. */
export interface Route {
  /** As in the metrics: `internal/llm:request`, `default/route0`. */
  readonly name: string;
  readonly rule?: string | undefined;
  readonly backends: readonly Weighted[];
  /** Whether what a translation cannot carry is refused instead of reported. */
  readonly strict: boolean;
  readonly editRequestHeaders?: EditHeaders | undefined;
  readonly editResponseHeaders?: EditHeaders | undefined;
  /** What is done to its requests, in this order. */
  readonly policies?: readonly Policy[];
  /** What is done to its requests to models, once, when they are as they will be sent. */
  readonly modelPolicies?: readonly ModelPolicy[];
  readonly timeouts?: Timeouts;
  readonly retry?: RetryPlan | undefined;
}
