import type { Api, JsonObject } from "../apis/api.ts";
import type { Target } from "../routing/backend.ts";
import type { Exchange } from "./exchange.ts";
import type { LlmFacts } from "./facts.ts";

/** What is needed to bring an answer back to the client. */
export interface Relay {
  readonly exchange: Exchange;
  readonly api: Api;
  readonly target: Target;
  readonly llm: LlmFacts;
  /** As the client sent it. */
  readonly request: JsonObject;
  /** As it went upstream. */
  readonly sent: JsonObject;
}
