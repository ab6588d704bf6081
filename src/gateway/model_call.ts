import type { Api, ApiName, JsonObject } from "../apis/api.ts";
import type { Loss } from "../chat/losses.ts";
import { modelFromPath } from "../apis/model_path.ts";
import { editObject, type JsonEdits, mergeEdits } from "../lib/json_edit.ts";
import { withoutModel } from "../policies/ai/body_edits.ts";
import type { Target } from "../routing/backend.ts";
import type { Attempt } from "./attempt.ts";
import type { Exchange } from "./exchange.ts";
import type { Passage } from "./passage.ts";
import { withBody } from "./variables.ts";
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
  exchange: Exchange,
  { target, api, received, model: asked, attempt }: WantedCall,
): ModelCall {
  const { head } = exchange;
  const configured = configuredEdits(exchange, target, received.json, target.model ?? asked);
  const { model } = editObject(received.json, configured);
  const own = api.modelIn === "path" ? withoutModel(received.json, configured) : configured;
  const changed = editObject(received.json, own);
  const prompts = target.prompts === undefined ? undefined : api.enrich?.(changed, target.prompts);
  const edits = prompts === undefined ? own : mergeEdits(own, prompts);
  const request = prompts === undefined ? changed : editObject(changed, prompts);
  const path = head.path + head.query;
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

/** The call with other texts in its request. */
export function withEdits(call: ModelCall, edits: JsonEdits): ModelCall {
  return {
    ...call,
    edits: mergeEdits(call.edits, edits),
    request: editObject(call.request, edits),
  };
}

/** The model that a client asks for: its path may say so, else its body does. */
export function askedModel(path: string, { model }: JsonObject): string | undefined {
  return modelFromPath(path) ?? (typeof model === "string" ? model : undefined);
}

function configuredEdits(
  exchange: Exchange,
  { body }: Target,
  request: JsonObject,
  model: string | undefined,
): JsonEdits {
  if (body === undefined) {
    return model === undefined || request.model === model ? {} : { set: { model } };
  }
  return body.edit(request, { model, variables: (json) => withBody(exchange, json) });
}
