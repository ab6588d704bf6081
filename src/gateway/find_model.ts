import type { JsonObject } from "../apis/api.ts";
import { GatewayError } from "../errors.ts";
import type { Choice, ModelsBackend } from "../routing/backend.ts";
import type { Exchange } from "./exchange.ts";
import { missingModel } from "./request_body.ts";

/** Who answers for a model of the `llm` section, and the model's name for them. */
export interface FoundModel {
  readonly choice: Choice;
  readonly model: string;
}

/** Finds who answers for the model that a client asks for, virtual models first. */
export function findModel(
  exchange: Exchange,
  backend: ModelsBackend,
  asked: unknown,
  _json: JsonObject | undefined,
): FoundModel {
  if (typeof asked !== "string") throw missingModel("request");
  const target = backend.models.find(asked, exchange.head);
  if (target !== undefined) return { choice: { type: "one", target }, model: asked };
  throw new GatewayError("not-found", `Model not found: ${JSON.stringify(asked.slice(0, 200))}`, {
    code: "model_not_found",
    param: "model",
    reason: "DirectResponse",
  });
}
