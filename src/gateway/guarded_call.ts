import { withTexts } from "../apis/texts.ts";
import type { JsonObject } from "../apis/api.ts";
import { editObject } from "../lib/json_edit.ts";
import type { GuardContext } from "../policies/guards/guard.ts";
import type { Guards } from "../policies/guards/guards.ts";
import { guardTexts } from "../policies/guards/pipeline.ts";
import type { Exchange } from "./exchange.ts";
import { type ModelCall, withEdits } from "./model_call.ts";
import type { Relay } from "./relay.ts";
import { withBody } from "./variables.ts";

/** The call as its guards leave it; throws where one of them rejects it. */
export async function guardedCall(
  exchange: Exchange,
  call: ModelCall,
  { request: guards }: Guards,
): Promise<ModelCall> {
  const places = call.api.texts?.request(call.request) ?? [];
  if (guards.length === 0 || places.length === 0) return call;
  const texts = await guardTexts(guards, places, {
    phase: "request",
    signal: call.attempt.signal,
    variables: withBody(exchange, call.received.json),
    headers: exchange.head.headers,
  });
  return texts === undefined ? call : withEdits(call, withTexts(call.request, places, texts));
}

/** A whole answer as its guards leave it; undefined where they change nothing. */
export async function guardedAnswer(
  { exchange, api, target, attempt }: Relay,
  answer: JsonObject,
  headers: Headers,
): Promise<JsonObject | undefined> {
  const guards = target.guards?.response ?? [];
  const places = guards.length === 0 ? [] : api.texts?.answer(answer) ?? [];
  if (places.length === 0) return undefined;
  const context = answerContext(exchange, attempt.signal, headers);
  const texts = await guardTexts(guards, places, context);
  return texts === undefined ? undefined : editObject(answer, withTexts(answer, places, texts));
}

/** What guards of an answer may know. */
export function answerContext(
  { subject }: Exchange,
  signal: AbortSignal,
  headers: Headers,
): GuardContext {
  return { phase: "response", signal, variables: subject.variables, headers };
}
