import * as v from "valibot";
import type { Immutable } from "../../lib/immutable.ts";
import { closedObject } from "../../lib/closed_object.ts";
import { later } from "../reference_keys.ts";
import { gatewayPolicyEntries } from "./gateway_policies.ts";
import { LocalRateLimit } from "./local_rate_limit.ts";
import { limitEntries, resilienceEntries } from "./policies.ts";
import { RemoteRateLimit } from "./remote_rate_limit.ts";
import { PromptGuard } from "./prompt_guard.ts";

/** Policies of all models of the `llm` section. */
export const LlmPolicies = closedObject({
  ...gatewayPolicyEntries,
  ...limitEntries,
  localRateLimit: v.exactOptional(v.pipe(
    LocalRateLimit,
    v.description("How many requests or tokens are let in over time."),
  )),
  remoteRateLimit: v.exactOptional(v.pipe(
    RemoteRateLimit,
    v.description("Asks another server whether limits let requests in."),
  )),
  ...resilienceEntries,
  guardrails: v.exactOptional(v.pipe(
    PromptGuard,
    v.description("Guards of what is said to models and by them; those of a model come after."),
  )),
}, later("LocalLLMPolicy"));

/** The policies as they are written. */
export type LlmPoliciesConfig = Immutable<v.InferOutput<typeof LlmPolicies>>;
