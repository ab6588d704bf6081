import type { ApiName, Converter, TaskContext } from "../apis/api.ts";
import { losses } from "../chat/losses.ts";
import { editObject } from "../lib/json_edit.ts";
import { sseSplitter } from "../lib/sse.ts";
import type { Exchange } from "./exchange.ts";
import type { ModelCall, PreparedCall } from "./model_call.ts";
import { newId } from "./new_id.ts";

/** A task in the provider's own format for it. */
export function converted(
  exchange: Exchange,
  call: ModelCall,
  to: ApiName,
  converter: Converter,
): PreparedCall {
  const { api, request, model, streaming, target } = call;
  const { headers } = exchange.head;
  const context = taskContext(exchange, call);
  const lost = losses({});
  const body = converter.writeRequest(request, context, lost);
  const adapted = target.provider.adapt?.({
    api: to,
    request: body,
    model,
    streaming,
    headers,
    place: target.paths,
    forwarded: false,
  });
  return {
    upstreamApi: to,
    path: converter.path,
    body: JSON.stringify(adapted === undefined ? body : editObject(body, adapted)),
    losses: lost.found,
    passage: {
      isVerbatim: false,
      streamsVerbatim: false,
      split: () => sseSplitter(),
      openStream: () => api.view.watchStream(request),
      readWhole(answer, answerHeaders) {
        const converted = converter.readAnswer(answer, { ...context, request, answerHeaders });
        return { summary: api.view.readAnswer(converted), body: converted };
      },
    },
  };
}

/** What a task's conversion may know beside the body. */
export function taskContext({ head, services }: Exchange, { model }: ModelCall): TaskContext {
  return {
    model,
    headers: head.headers,
    newId: (prefix) => newId(prefix, services.random),
  };
}
