import * as v from "valibot";
import { closedObject } from "../../lib/closed_object.ts";
import type { Immutable } from "../../lib/immutable.ts";
import { later } from "../reference_keys.ts";
import { NamedBackend } from "./backends.ts";
import { FrontendPolicies } from "./frontend.ts";
import { Bind, Gateways } from "./gateways.ts";
import { Llm } from "./llm.ts";
import { ProcessSettings } from "./process.ts";
import { AttachedRoute } from "./routes.ts";
import { TargetedPolicy } from "./targeted_policies.ts";

/** The configuration file; the type is what the code reads, with defaults filled in. */
export const Config = v.pipe(
  closedObject({
    config: v.exactOptional(
      v.pipe(ProcessSettings, v.description("Settings of the process; read at the start only.")),
      {},
    ),
    llm: v.exactOptional(v.pipe(
      Llm,
      v.description("Models that clients can ask for: the short form of a whole configuration."),
    )),
    gateways: v.exactOptional(
      v.pipe(Gateways, v.description("Ports to listen on, by the names that routes use.")),
      {},
    ),
    routes: v.exactOptional(
      v.pipe(v.array(AttachedRoute), v.description("Routes of the gateways.")),
      [],
    ),
    binds: v.exactOptional(
      v.pipe(v.array(Bind), v.description("Ports with listeners and routes, as one tree.")),
      [],
    ),
    backends: v.exactOptional(
      v.pipe(v.array(NamedBackend), v.description("Backends that several routes share.")),
      [],
    ),
    policies: v.exactOptional(
      v.pipe(
        v.array(TargetedPolicy),
        v.description("Policies that are attached to gateways, routes and backends by name."),
      ),
      [],
    ),
    frontendPolicies: v.exactOptional(
      v.pipe(FrontendPolicies, v.description("What holds for all traffic from clients.")),
      {},
    ),
  }, later("Root")),
  v.description("Configuration of agentgateway."),
);

/** A configuration as the code reads it. */
export type Config = Immutable<v.InferOutput<typeof Config>>;
