import type { ModelsBackend } from "../routing/backend.ts";
import type { Exchange } from "./exchange.ts";
import { jsonReply } from "./reply.ts";

/** Whether a path asks for the list of models. */
export function isModelList(path: string): boolean {
  return /^(\/v1)?\/models(\/|$)/.test(path);
}

/** Answers with the public models, most specific first, wildcards as they are written. */
export function listModels(exchange: Exchange, { models, createdAtS }: ModelsBackend): Response {
  const data = models.listed.map((id) => ({
    id,
    object: "model",
    created: createdAtS,
    owned_by: "openai",
  }));
  exchange.facts.reason = "DirectResponse";
  return jsonReply(exchange, 200, { data, object: "list" }, "finished");
}
