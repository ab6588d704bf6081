import { editJson, editObject, mergeEdits } from "../lib/json_edit.ts";
import type { Exchange } from "./exchange.ts";
import type { ModelCall, PreparedCall } from "./model_call.ts";
import { verbatim } from "./passage.ts";

/** Client and provider share the API: the client's bytes go on, with edits. */
export function forwarded({ head }: Exchange, call: ModelCall): PreparedCall {
  const { api, target, received, edits, request, model, streaming } = call;
  const adapted = target.provider.adapt?.({
    api: api.name,
    request,
    model,
    streaming,
    headers: head.headers,
    forwarded: true,
  });
  const sent = adapted === undefined ? request : editObject(request, adapted);
  return {
    upstreamApi: api.name,
    path: api.path,
    body: editJson(received.text, mergeEdits(edits, adapted, api.view.askForUsage(sent))),
    passage: verbatim(api, received.json),
  };
}
