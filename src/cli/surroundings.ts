import type { Environment } from "../config/expand.ts";
import type { ClientPool } from "../runtime/client_pool.ts";
import type { Limits } from "../runtime/limits.ts";
import { type KeptState, keptState } from "../runtime/kept_state.ts";
import type { Logger } from "../telemetry/log.ts";

/** What configurations are loaded in, from the first one on. */
export interface Surroundings extends Environment {
  readonly kept: KeptState;
  /** What serves requests; there when the first configuration is in force. */
  readonly serving: Serving;
}

/** What there is only once the settings of the process are known. */
export interface Serving {
  clients: ClientPool | undefined;
  /** Made for the first configuration, of which its settings are. */
  limits: Limits | undefined;
  log: Logger | undefined;
}

/** The surroundings of a process that serves nothing yet. */
export function surroundings({ get }: Environment): Surroundings {
  return {
    get,
    kept: keptState(),
    serving: { clients: undefined, limits: undefined, log: undefined },
  };
}
