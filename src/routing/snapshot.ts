import type { EditHeaders } from "../policies/header_edits.ts";
import type { Weighted } from "./backend.ts";
import type { HostTable } from "./hostname.ts";
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
}

/** Routes for some host names of a port. */
export interface Listener {
  readonly name: string;
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
}
