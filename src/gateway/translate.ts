import type { AnswerContext, CallContext, CalledApi, JsonObject, Serve } from "../apis/api.ts";
import { type Losses, losses } from "../chat/losses.ts";
import type { ChatRequest } from "../chat/request.ts";
import { awsEventSplitter } from "../lib/aws_event_stream.ts";
import { defined } from "../lib/defined.ts";
import { editObject } from "../lib/json_edit.ts";
import { sseSplitter } from "../lib/sse.ts";
import { guardEvents } from "../policies/guards/stream/guard_events.ts";
import { answerContext } from "./guarded_call.ts";
import { answerLength } from "./answer_length.ts";
import { answerStream } from "./answer_stream.ts";
import type { Exchange } from "./exchange.ts";
import type { ModelCall, PreparedCall } from "./model_call.ts";
import { newId } from "./new_id.ts";
import type { Passage } from "./passage.ts";

/**
 * The provider speaks other chat APIs: the request is read into the canonical model and written in
 * one of theirs, the first that loses least.
 */
export function translated(
  exchange: Exchange,
  call: ModelCall,
  serve: Serve,
  candidates: readonly CalledApi[],
): PreparedCall {
  const { request, model, streaming } = call;
  const { headers } = exchange.head;
  const chat = serve.readRequest({ json: request, model, streaming, headers });
  const { called, body, lost } = leastLoss(chat, serve, candidates);
  const adapted = call.target.provider.adapt?.({
    api: called.name,
    request: body,
    model,
    streaming,
    headers,
    place: call.target.paths,
    forwarded: false,
    losses: lost,
  });
  return {
    upstreamApi: called.name,
    path: called.path,
    body: JSON.stringify(adapted === undefined ? body : editObject(body, adapted)),
    passage: throughChat(exchange, call, { chat, json: request, serve, called, lost }),
    losses: lost.found,
  };
}

interface Written {
  readonly called: CalledApi;
  readonly body: JsonObject;
  readonly lost: Losses;
}

/** A candidate that refuses the request gives way to the next; the first refusal is thrown. */
function leastLoss(
  chat: ChatRequest,
  { concepts }: Serve,
  candidates: readonly CalledApi[],
): Written {
  let best: Written | undefined, refusal: unknown;
  for (const called of candidates) {
    const lost = losses(concepts);
    try {
      const body = called.writeRequest(chat, lost);
      if (lost.found.length < (best?.lost.found.length ?? Infinity)) best = { called, body, lost };
    } catch (cause) {
      refusal ??= cause;
    }
    if (best?.lost.found.length === 0) break;
  }
  if (best === undefined) throw refusal;
  return best;
}

/** A request, and what its answer is read and written with. */
export interface Translation {
  readonly chat: ChatRequest;
  readonly json: JsonObject;
  readonly serve: Serve;
  readonly called: CalledApi;
  readonly lost: Losses;
}

/** The answer goes through the canonical model, and through the target's guards in it. */
export function throughChat(
  exchange: Exchange,
  { target, attempt }: ModelCall,
  { chat, json, serve, called, lost }: Translation,
): Passage {
  const { services } = exchange;
  const { guards } = target;
  const ids = (prefix: string) => newId(prefix, services.random);
  const answering: AnswerContext = {
    json,
    chat,
    createdAtS: Math.floor(services.clock.epochMs() / 1000),
    newId: ids,
    losses: lost,
  };
  const calling = (headers: Headers): CallContext => ({ chat, headers, newId: ids, losses: lost });
  return {
    isVerbatim: false,
    streamsVerbatim: false,
    split: called.framing === "sse" ? () => sseSplitter() : () => awsEventSplitter(),
    openStream: (headers) =>
      answerStream(
        called.readStream(calling(headers)),
        serve.writeStream(answering),
        guards?.streaming === true && guards.response.length > 0
          ? guardEvents(guards.response, answerContext(exchange, attempt.signal, headers))
          : undefined,
      ),
    readWhole(answer, headers) {
      const response = called.readResponse(answer, calling(headers));
      const summary = {
        textLength: answerLength(response),
        ...defined({
          model: response.model === "" ? undefined : response.model,
          usage: response.usage,
        }),
      };
      return { summary, body: serve.writeResponse(response, answering) };
    },
  };
}
