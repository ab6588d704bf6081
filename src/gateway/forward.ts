import { editJson, editObject, mergeEdits } from "../lib/json_edit.ts";
import { withoutForeignSeals } from "../apis/foreign_seals.ts";
import { losses } from "../chat/losses.ts";
import type { Exchange } from "./exchange.ts";
import type { ModelCall, PreparedCall } from "./model_call.ts";
import { verbatim } from "./passage.ts";

/** Client and provider share the API: the client's bytes go on, with edits. */
export function forwarded({ head }: Exchange, call: ModelCall): PreparedCall {
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
    passage: verbatim(api, received.json),
    losses: lost.found,
  };
}
