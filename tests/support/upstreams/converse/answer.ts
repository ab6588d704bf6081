import { Buffer } from "node:buffer";
import { EventStreamCodec } from "@smithy/core/event-streams";
import type { JsonObject } from "../../json.ts";
import { type Answer, type Fault, piecesOf, type ScriptedUsage } from "../scripts.ts";
import { sealOf } from "../seals.ts";
import type { Call, Frame } from "../stand_in.ts";
import { idFor } from "../wire.ts";
import { exceptionOf } from "./errors.ts";
import { isClaude } from "./rules.ts";

/** An answer and what it is made for. */
export interface Made {
  readonly model: string;
  readonly answer: Answer;
  readonly call: Call;
}

/** A whole answer, with all the members that real ones have. */
export function responseOf(made: Made): JsonObject {
  return {
    metrics: { latencyMs: 1421 },
    output: {
      message: { content: blocksOf(made).map(({ block }) => block), role: "assistant" },
    },
    stopReason: stopReason(made.answer),
    usage: usageOf(made.answer.usage),
  };
}

/** The same as a binary event stream. */
export function framesOf(made: Made): Frame[] {
  const blocks = blocksOf(made).flatMap(({ start, deltas }, contentBlockIndex) => [
    ...(start === undefined ? [] : [event("contentBlockStart", { contentBlockIndex, start })]),
    ...deltas.map((delta) => event("contentBlockDelta", { contentBlockIndex, delta }, true)),
    event("contentBlockStop", { contentBlockIndex }),
  ]);
  return [
    event("messageStart", { role: "assistant" }),
    ...blocks,
    event("messageStop", { stopReason: stopReason(made.answer) }),
    event("metadata", { metrics: { latencyMs: 1421 }, usage: usageOf(made.answer.usage) }),
  ];
}

/** An exception in the middle of a stream. */
export function exceptionFrames(fault: Fault): Frame[] {
  const { name, body } = exceptionOf(fault);
  return [frame({ ":exception-type": name, ":message-type": "exception" }, body, false)];
}

interface Block {
  readonly block: JsonObject;
  /** Only calls have an event of their own at their start. */
  readonly start?: JsonObject;
  readonly deltas: readonly JsonObject[];
}

function blocksOf({ model, answer, call }: Made): Block[] {
  const said = answer.finish === "refusal" ? refusals : answer.texts;
  const text = said.join("");
  return [
    ...thoughts(model, answer, call),
    ...(text === "" ? [] : [{
      block: { text },
      deltas: said.map((piece) => ({ text: piece })),
    }]),
    ...answer.toolCalls.map(({ name, args }, index) => {
      const toolUse = { toolUseId: idFor(call, "tooluse_", 22, index), name };
      return {
        block: { toolUse: { ...toolUse, input: args } },
        start: { toolUse },
        deltas: piecesOf(JSON.stringify(args)).map((input) => ({ toolUse: { input } })),
      };
    }),
  ];
}

const refusals = ["Sorry, ", "the model cannot answer this question."];

function thoughts(model: string, { reasoning }: Answer, call: Call): Block[] {
  if (reasoning === undefined) return [];
  if (reasoning.redacted) {
    const seal = sealOf("claude-redacted", "", call.serial);
    const reasoningContent = { redactedContent: Buffer.from(seal).toString("base64") };
    return [{ block: { reasoningContent }, deltas: [{ reasoningContent }] }];
  }
  const { text } = reasoning;
  const signed = isClaude(model) ? { signature: sealOf("claude-thinking", text, call.serial) } : {};
  return [{
    block: { reasoningContent: { reasoningText: { ...signed, text } } },
    deltas: [
      ...piecesOf(text).map((piece) => ({ reasoningContent: { text: piece } })),
      ...("signature" in signed ? [{ reasoningContent: signed }] : []),
    ],
  }];
}

function stopReason({ finish }: Answer): string {
  const reasons = {
    "stop": "end_turn",
    "length": "max_tokens",
    "tools": "tool_use",
    "stop-sequence": "stop_sequence",
    "refusal": "content_filtered",
    "content-filter": "guardrail_intervened",
  };
  return reasons[finish];
}

/** AWS counts cached input apart from `inputTokens`, and knows nothing of reasoning. */
function usageOf({ input, cacheRead, cacheWrite, output }: ScriptedUsage): JsonObject {
  return {
    inputTokens: input - cacheRead - cacheWrite,
    outputTokens: output,
    totalTokens: input + output,
    cacheReadInputTokenCount: cacheRead,
    cacheReadInputTokens: cacheRead,
    cacheWriteInputTokenCount: cacheWrite,
    cacheWriteInputTokens: cacheWrite,
    cacheDetails: [{ ttl: "5m", inputTokens: cacheWrite }],
    serverToolUsage: {},
  };
}

/** Payloads are padded, so that their lengths tell nothing. */
function event(type: string, body: JsonObject, isContent = false): Frame {
  const padded = { ...body, p: "abcdefghijklmnop".slice(type.length % 9) };
  return frame({ ":event-type": type, ":message-type": "event" }, padded, isContent);
}

function frame(
  names: Readonly<Record<string, string>>,
  body: object,
  isContent: boolean,
): Frame {
  const all = { ":content-type": "application/json", ...names };
  const headers = Object.fromEntries(
    Object.entries(all).map(([name, value]) => [name, { type: "string", value } as const]),
  );
  const bytes = codec.encode({ headers, body: utf8.encode(JSON.stringify(body)) });
  return { bytes, isContent };
}

const utf8 = new TextEncoder();
const codec = new EventStreamCodec(
  (bytes) => typeof bytes === "string" ? bytes : new TextDecoder().decode(bytes),
  (text) => utf8.encode(text),
);
