import type { Api, JsonObject } from "../apis/api.ts";
import { requestIdIn } from "../apis/upstream_fault.ts";
import type { Target } from "../routing/backend.ts";
import type { Attempt } from "./attempt.ts";
import type { Exchange } from "./exchange.ts";
import type { LlmFacts } from "./facts.ts";
import type { Passage } from "./passage.ts";

/** What is needed to bring an answer back to the client. */
export interface Relay {
  readonly exchange: Exchange;
  /** The client's. */
  readonly api: Api;
  readonly target: Target;
  readonly llm: LlmFacts;
  readonly passage: Passage;
  readonly attempt: Attempt;
  /** How long an upstream may be silent within a stream, in milliseconds. */
  readonly idleMsMax: number | undefined;
  /** In the client's API, as the configuration made it. */
  readonly request: JsonObject;
}

/** Puts the provider's id of the request where the client's SDK looks for it. */
export function bringRequestId({ api }: Relay, headers: Headers): void {
  if (headers.has(api.requestIdHeader)) return;
  const requestId = requestIdIn(headers);
  if (requestId !== undefined) headers.set(api.requestIdHeader, requestId);
}
