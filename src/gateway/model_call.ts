import type { Api, ApiName, JsonObject } from "../apis/api.ts";
import type { Loss } from "../chat/losses.ts";
import { modelFromPath } from "../apis/model_path.ts";
import { editObject, type JsonEdits } from "../lib/json_edit.ts";
import type { Target } from "../routing/backend.ts";
import type { Attempt } from "./attempt.ts";
import type { Exchange } from "./exchange.ts";
import type { Passage } from "./passage.ts";
import { type JsonRequest, missingModel } from "./request_body.ts";

/** A request to a model, and the target that is tried. */
export interface WantedCall {
  readonly target: Target;
  /** The client's. */
  readonly api: Api;
  readonly received: JsonRequest;
  /** The model that is asked for, where the target says no other. */
  readonly model: string | undefined;
  readonly attempt: Attempt;
}

/** A client's request to a model, with what the configuration made of it. */
export interface ModelCall {
  readonly api: Api;
  readonly target: Target;
  readonly received: JsonRequest;
  /** The changes that the configuration makes to the received body. */
  readonly edits: JsonEdits;
  /** The body with those changes. */
  readonly request: JsonObject;
  /** The model that is asked for upstream. */
  readonly model: string;
  readonly streaming: boolean;
  /** Tokens of the prompt, where they were counted before the call. */
  readonly promptTokens?: number | undefined;
  readonly attempt: Attempt;
}

/** A model call as it will go upstream, and how its answer will come back. */
export interface PreparedCall {
  readonly upstreamApi: ApiName;
  /** The end of the upstream path where the provider has no rule of its own. */
  readonly path: string;
  readonly body: string;
  readonly passage: Passage;
  /** What of the request stays behind; it may still grow while the answer is read. */
  readonly losses: readonly Loss[];
}

/** Reads what a request asks for; the configured model goes before the client's. */
export function openCall(
  { head }: Exchange,
  { target, api, received, model: asked, attempt }: WantedCall,
): ModelCall {
  const edits = configuredEdits(target, api, received.json, target.model ?? asked);
  const request = editObject(received.json, edits);
  const path = head.path + head.query;
  const model = api.modelIn === "body" ? request.model : target.model ?? asked;
  api.view.check(request, path);
  if (typeof model !== "string") throw missingModel("request");
  return {
    api,
    target,
    received,
    edits,
    request,
    model,
    streaming: api.view.streams(request, path),
    attempt,
  };
}

/** The model that a client asks for: its path may say so, else its body does. */
export function askedModel(path: string, { model }: JsonObject): string | undefined {
  return modelFromPath(path) ?? (typeof model === "string" ? model : undefined);
}

function configuredEdits(
  { overrides, defaults }: Target,
  { modelIn }: Api,
  request: JsonObject,
  model: string | undefined,
): JsonEdits {
  const set: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(defaults ?? {})) {
    if (!Object.hasOwn(request, key)) set[key] = value;
  }
  if (modelIn === "path") {
    const remove = Object.hasOwn(request, "model") ? ["model"] : [];
    return { set: { ...set, ...overrides }, remove };
  }
  if (model !== undefined && request.model !== model) set.model = model;
  return { set: { ...set, ...overrides } };
}
