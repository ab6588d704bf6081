import type { Exchange } from "./http_server.ts";
import { at, isObject, type JsonObject } from "./json.ts";
import { defaultText, defaultUsage, type Script, type ScriptedUsage } from "./openai_script.ts";

/** An answer's whole body, as OpenAI words it. */
export function completionOf(request: JsonObject, script: Script): JsonObject {
  const calls = script.toolCalls;
  const message = {
    role: "assistant",
    content: calls === undefined ? textOf(script) : null,
    ...(calls && { tool_calls: calls.map((call) => wireCall(call)) }),
    refusal: null,
    annotations: [],
  };
  const choice = { message, logprobs: null, finish_reason: finishOf(script) };
  return {
    id: "chatcmpl-Bx7standin",
    object: "chat.completion",
    created: 1741570283,
    model: modelOf(request, script),
    choices: indexes(request).map((index) => ({ index, ...choice })),
    ...(script.usage !== null && { usage: wireUsage(script.usage ?? defaultUsage) }),
    service_tier: "default",
    system_fingerprint: "fp_standin",
  };
}

/** One event of a streamed answer; only content is paced. */
export interface StandInEvent {
  readonly data: string;
  readonly isContent: boolean;
}

/** The events of a streamed answer, without the `[DONE]`. */
export function eventsOf(request: JsonObject, script: Script): StandInEvent[] {
  const reportsUsage = at(request, "stream_options", "include_usage") === true &&
    script.usage !== null;
  const event = (choices: readonly JsonObject[], usage: JsonObject | null, isContent: boolean) => ({
    isContent,
    data: JSON.stringify({
      id: "chatcmpl-Bx7standin",
      object: "chat.completion.chunk",
      created: 1741570283,
      model: modelOf(request, script),
      service_tier: "default",
      system_fingerprint: "fp_standin",
      choices,
      ...(reportsUsage && { usage }),
      obfuscation: "aB3",
    }),
  });
  const delta = (delta: JsonObject, finish: string | null, isContent: boolean) =>
    indexes(request).map((index) =>
      event([{ index, delta, logprobs: null, finish_reason: finish }], null, isContent)
    );
  return [
    ...delta({ role: "assistant", content: "", refusal: null }, null, false),
    ...contentOf(script).flatMap((content) => delta(content, null, true)),
    ...delta({}, finishOf(script), false),
    ...(reportsUsage ? [event([], wireUsage(script.usage ?? defaultUsage), false)] : []),
  ];
}

function contentOf(script: Script): JsonObject[] {
  if (script.toolCalls !== undefined) {
    return script.toolCalls.flatMap((call, index) => {
      const half = Math.ceil(call.arguments.length / 2);
      const opened = { index, ...wireCall({ ...call, arguments: "" }) };
      const pieces = [call.arguments.slice(0, half), call.arguments.slice(half)];
      const grown = pieces.map((piece) => ({ index, function: { arguments: piece } }));
      return [opened, ...grown].map((part) => ({ tool_calls: [part] }));
    });
  }
  if (script.events === undefined) {
    return (textOf(script).match(/\S+\s*/g) ?? []).map((content) => ({ content }));
  }
  return Array.from({ length: script.events }, (_, index) => ({ content: `token${index} ` }));
}

function textOf(script: Script): string {
  return script.text ?? defaultText;
}

function finishOf(script: Script): string {
  return script.toolCalls === undefined ? "stop" : "tool_calls";
}

function modelOf(request: JsonObject, script: Script): string {
  return script.responseModel ?? `${request.model}-2024-07-18`;
}

function indexes(request: JsonObject): number[] {
  const { n } = request;
  const count = typeof n === "number" && Number.isInteger(n) && n > 0 && n <= 128 ? n : 1;
  return Array.from({ length: count }, (_, index) => index);
}

function wireCall(call: { id: string; name: string; arguments: string }): JsonObject {
  return {
    id: call.id,
    type: "function",
    function: { name: call.name, arguments: call.arguments },
  };
}

function wireUsage(usage: ScriptedUsage): JsonObject {
  return {
    prompt_tokens: usage.input,
    completion_tokens: usage.output,
    total_tokens: usage.input + usage.output,
    prompt_tokens_details: { cached_tokens: usage.cached ?? 0, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: usage.reasoning ?? 0,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}

/** The script that a request carries in its `metadata`, if any. */
export function scriptIn(request: unknown): Script | undefined {
  const text = at(request, "metadata", "script");
  if (typeof text !== "string") return undefined;
  try {
    const script: unknown = JSON.parse(text);
    return isObject(script) ? script : undefined;
  } catch {
    return undefined;
  }
}

/** The headers that OpenAI puts on every answer. */
export function standardHeaders(exchange: Exchange): Record<string, string> {
  return {
    "x-request-id": `req_standin_${exchange.request.connection}`,
    "openai-processing-ms": "12",
    "openai-version": "2020-10-01",
  };
}
