import type { ModelsBackend } from "../routing/backend.ts";
import { shownModels } from "../routing/virtual_models.ts";
import type { Exchange } from "./exchange.ts";
import { jsonReply } from "./reply.ts";

/** Whether a path asks for the list of models. */
export function isModelList(path: string): boolean {
  return /^(\/v1)?\/models(\/|$)/.test(path);
}

/** Answers with the models that the client may see, wildcards as they are written. */
export function listModels(exchange: Exchange, backend: ModelsBackend): Response {
  exchange.facts.reason = "DirectResponse";
  // Anthropic requires this header of its clients, and no other API knows it.
  const list = exchange.head.headers.has("anthropic-version") ? messagesList : openList;
  const { apiKey } = exchange.subject.identity;
  const names = shownModels(
    backend.models,
    backend.virtualModels,
    (name) => apiKey === undefined ? [name] : apiKey.allowedNames(name),
    ({ allows }) => allows?.(exchange.subject.variables) ?? true,
  );
  return jsonReply(exchange, 200, list(names, backend.createdAtS), "finished");
}

/** https://platform.openai.com/docs/api-reference/models/list */
function openList(names: readonly string[], createdAtS: number): unknown {
  const data = names.map((id) => ({
    id,
    object: "model",
    created: createdAtS,
    owned_by: "openai",
  }));
  return { data, object: "list" };
}

/** https://docs.anthropic.com/en/api/models-list; the list is always whole. */
function messagesList(names: readonly string[], createdAtS: number): unknown {
  const createdAt = new Date(createdAtS * 1000).toISOString().replace(".000Z", "Z");
  const data = names.map((id) => ({
    type: "model",
    id,
    display_name: id,
    created_at: createdAt,
  }));
  return {
    data,
    has_more: false,
    first_id: data.at(0)?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
  };
}
