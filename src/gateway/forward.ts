import { editJson, editObject, mergeEdits } from "../lib/json_edit.ts";
import { withoutForeignSeals } from "../apis/foreign_seals.ts";
import { CALLED_APIS } from "../apis/index.ts";
import { type Losses, losses } from "../chat/losses.ts";
import type { Exchange } from "./exchange.ts";
import type { ModelCall, PreparedCall } from "./model_call.ts";
import { type Passage, verbatim } from "./passage.ts";
import { isChat } from "./plan.ts";
import { throughChat } from "./translate.ts";

/** Client and provider share the API: the client's bytes go on, with edits. */
export function forwarded(exchange: Exchange, call: ModelCall): PreparedCall {
  const { head } = exchange;
  const { api, target, received, edits, model, streaming } = call;
  const unsealed = withoutForeignSeals(call.request, received.text);
  const request = unsealed === undefined ? call.request : editObject(call.request, unsealed);
  const lost = losses(api.serve?.concepts ?? {});
  // Thoughts of another provider's model stay behind when a conversation moves.
  if (unsealed !== undefined) lost.dropped("reasoningReplay");
  const adapted = target.provider.adapt?.({
    api: api.name,
    request,
    model,
    streaming,
    headers: head.headers,
    place: target.paths,
    forwarded: true,
    losses: lost,
  });
  const sent = adapted === undefined ? request : editObject(request, adapted);
  return {
    upstreamApi: api.name,
    path: api.path,
    body: editJson(received.text, mergeEdits(edits, unsealed, adapted, api.view.askForUsage(sent))),
    passage: passageOf(exchange, call, lost),
    losses: lost.found,
  };
}

/**
 * Guards of streams see the canonical model: where there are some, a stream goes through it. Whole
 * answers keep their bytes but for what guards change.
 */
function passageOf(exchange: Exchange, call: ModelCall, lost: Losses): Passage {
  const { api, received, request, model, streaming, target: { guards } } = call;
  const { serve } = api;
  const asItIs = verbatim(api, received.json);
  const isGuarded = guards?.streaming === true && guards.response.length > 0;
  const called = isChat(api.name) ? CALLED_APIS[api.name] : undefined;
  if (!streaming || !isGuarded || serve === undefined || called === undefined) return asItIs;
  const { headers } = exchange.head;
  const chat = serve.readRequest({ json: request, model, streaming, headers });
  const through = throughChat(exchange, call, { chat, json: received.json, serve, called, lost });
  return { ...asItIs, ...through, isVerbatim: true, readWhole: asItIs.readWhole };
}
