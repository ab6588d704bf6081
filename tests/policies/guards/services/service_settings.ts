import type { Rejection } from "../../../../src/policies/guards/guard.ts";
import type { ServiceSettings } from "../../../../src/policies/guards/services/service_guard.ts";
import { ALL_SCOPES } from "../guard_context.ts";

/** The answer to what a service rejects. */
export const REJECTION: Rejection = { status: 403, body: "no" };

/** The judgement that gives it. */
export const REJECTED = { type: "reject", rejection: REJECTION };

/** The judgement that there is nothing wrong. */
export const PASSED = { type: "pass" };

/** What guards have in common that ask a server; this one fails closed. */
export const SERVICE: ServiceSettings = {
  name: "service",
  scopes: ALL_SCOPES,
  rejection: REJECTION,
};
