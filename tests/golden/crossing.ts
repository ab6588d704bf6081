import assert from "node:assert/strict";
import type { AnswerContext, Api, CallContext, CalledApi, JsonObject } from "../../src/apis/api.ts";
import { readUpstreamFault } from "../../src/apis/upstream_fault.ts";
import type { ChatApiName } from "../../src/chat/api_name.ts";
import { losses, lossesHeader } from "../../src/chat/losses.ts";
import { sseSplitter } from "../../src/lib/sse.ts";
import type { ChatClient } from "../matrix/chat_client.ts";
import type { Recall } from "./wishes.ts";

/** The model that is asked for in each API. */
const models: Readonly<Record<ChatApiName, string>> = {
  completions: "gpt-5",
  messages: "claude-sonnet-4-5",
  responses: "gpt-5",
  gemini: "gemini-3-pro-preview",
  converse: "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
};

/** What a client and a provider say to each other, through the gateway. */
export interface Crossing {
  /** What the provider is asked. */
  readonly request: JsonObject;
  /** What the client gets for the provider's whole answer. */
  readonly answer: unknown;
  /** And for its stream. */
  readonly stream: string;
  /** What was lost on both ways, as the header says it. */
  readonly lost: string;
}

/** A provider's answer as it comes. */
export interface ProviderAnswer {
  readonly whole: JsonObject;
  /** The data of the events. */
  readonly events: readonly string[];
  /** Set where there is an error in place of an answer. */
  readonly errorStatus?: number;
}

const answerHeaders = new Headers({ "x-request-id": "req_golden" });

/** Takes a client's request to a provider of another API, and the answer back. */
export function cross(
  api: Api,
  called: CalledApi,
  received: JsonObject,
  { whole, events, errorStatus }: ProviderAnswer,
): Crossing {
  const { serve } = api;
  assert.ok(serve !== undefined, `${api.name} is not served`);
  const model = models[called.name];
  const json = api.modelIn === "body" ? { ...received, model } : received;
  const chat = serve.readRequest({ json, model, streaming: true, headers: new Headers() });
  const lost = losses(serve.concepts);
  const request = called.writeRequest(chat, lost);
  const context = (): CallContext & AnswerContext => ({
    ...{ json, chat, losses: lost, headers: answerHeaders, createdAtS: 1764000000 },
    newId: counter(),
  });
  const answering = context(), streaming = context();
  const reader = called.readStream(streaming), write = serve.writeStream(streaming);
  const steps = [...events.flatMap((event) => reader.push(event)), ...reader.end()];
  return {
    request,
    answer: errorStatus === undefined
      ? serve.writeResponse(called.readResponse(whole, answering), answering)
      : api.errorShape(readUpstreamFault(errorStatus, answerHeaders, JSON.stringify(whole))),
    stream: steps.map(write).join(""),
    lost: lossesHeader(lost.found),
  };
}

/** How a client of an API remembers an answer that the gateway has given it. */
export function recallOf({ serve }: Api, client: ChatClient): Recall {
  assert.ok(serve !== undefined);
  const newId = counter();
  return (blocks, reason) => {
    const json = {};
    const chat = {
      ...{ api: client.name, model: "m", instructions: [], turns: [], tools: [], sampling: {} },
      ...{ stream: false, native: {} },
    };
    const usage = { inputTokens: 1, outputTokens: 1 };
    const answer = { id: "", model: "m", choices: [{ blocks, finish: { reason } }], usage };
    const context = { json, chat, newId, createdAtS: 1764000000, losses: losses({}) };
    return client.readWhole(serve.writeResponse(answer, context));
  };
}

/** The data of the events of a stream; AWS's events stand one a line. */
export function eventsIn(text: string, framing: CalledApi["framing"]): string[] {
  if (framing === "aws-event-stream") return text.split("\n").filter((line) => line !== "");
  const frames = sseSplitter().push(new TextEncoder().encode(text));
  return frames.flatMap(({ data }) => data === undefined ? [] : [data]);
}

/** Ids that count up, so that they can be expected. */
function counter(): (prefix: string) => string {
  let count = 0;
  return (prefix) => `${prefix}${String(++count).padStart(24, "0")}`;
}
