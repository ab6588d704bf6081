import type { JsonObject } from "../apis/api.ts";
import type { Choice, ModelsBackend } from "../routing/backend.ts";
import { modelNotAllowed, resolveModel } from "../routing/virtual_models.ts";
import type { Exchange } from "./exchange.ts";
import { missingModel } from "./request_body.ts";
import { withBody } from "./variables.ts";

/** Who answers for a model of the `llm` section, and the model's name for them. */
export interface FoundModel {
  readonly choice: Choice;
  readonly model: string;
}

/** Where expressions find the model that a client asked for, whatever it came to. */
const ASKED_MODEL = "agentgateway_user_model";

/**
 * Finds who answers for the model that a client asks for, virtual models first; `json` is the body,
 * where the model was found in it.
 */
export function findModel(
  exchange: Exchange,
  { models, virtualModels }: ModelsBackend,
  asked: unknown,
  json: JsonObject | undefined,
): FoundModel {
  if (typeof asked !== "string") throw missingModel("request");
  const { identity, head } = exchange.subject;
  if (identity.apiKey?.allowsModel(asked) === false) throw modelNotAllowed();
  identity.metadata = { ...identity.metadata, [ASKED_MODEL]: asked };
  const variables = withBody(exchange, json);
  return resolveModel(asked, models, virtualModels, {
    head,
    variables,
    allowed: (target) => target.allows?.(variables) ?? true,
  });
}
