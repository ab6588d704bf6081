import type { FinishReason, Reply, ToolCallPlan } from "./plan.ts";
import { sampleJson } from "./json_sample.ts";
import type { ChatRequest, Tool } from "./request.ts";
import { defaultText, describe } from "./text.ts";
import { tokens } from "./tokens.ts";

/** The smallest unit of an answer: what one token adds to it. */
export type Piece =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "refusal"; readonly text: string }
  | { readonly type: "call"; readonly index: number; readonly call: CallHead }
  | {
    readonly type: "input";
    readonly index: number;
    readonly call: CallHead;
    readonly text: string;
  };

/** A tool call without its input. */
export interface CallHead {
  readonly id: string;
  readonly type: Tool["type"];
  readonly name: string;
}

/** One of the `n` answers that a request asks for. */
export interface Choice {
  readonly pieces: readonly Piece[];
  readonly finishReason: FinishReason;
}

/** Makes every choice of the answer; `newCallId` names the tool calls. */
export function compose(
  request: ChatRequest,
  reply: Reply,
  answerTokens: number,
  newCallId: (ordinal: number) => string,
): readonly Choice[] {
  return Array.from({ length: request.choices }, (_, choice) => {
    const pieces = piecesOf(request, reply, choice, answerTokens, newCallId);
    const kept = pieces.length > request.tokensMax ? pieces.slice(0, request.tokensMax) : pieces;
    const cut = kept.length < pieces.length;
    return { pieces: kept, finishReason: reply.finishReason ?? finishReason(request, kept, cut) };
  });
}

function piecesOf(
  request: ChatRequest,
  reply: Reply,
  choice: number,
  answerTokens: number,
  newCallId: (ordinal: number) => string,
): readonly Piece[] {
  const calls = reply.toolCalls ?? (isScripted(reply) ? [] : neededCall(request));
  const text = reply.text ??
    (isScripted(reply) || calls.length > 0 ? "" : plainAnswer(request, choice, answerTokens));
  const first = choice * calls.length;
  return [
    ...tokens(reply.refusal ?? "").map((text) => ({ type: "refusal" as const, text })),
    ...tokens(untilStop(text, request.stop)).map((text) => ({ type: "text" as const, text })),
    ...calls.flatMap((call, index) => callPieces(request, call, index, newCallId(first + index))),
  ];
}

function isScripted({ text, toolCalls, refusal }: Reply): boolean {
  return text !== undefined || toolCalls !== undefined || refusal !== undefined;
}

/**
 * The first tool that the client insists on and that was not called since the user last spoke.
 *
 * So a client that always insists sees each of its tools called once and then gets a text, which
 * ends its loop.
 */
function neededCall({ mustCall, messages }: ChatRequest): readonly ToolCallPlan[] {
  const turn = messages.slice(messages.findLastIndex(({ role }) => role === "user") + 1);
  const called = new Set(turn.flatMap(({ toolCalls }) => toolCalls.map(({ name }) => name)));
  const tool = mustCall.find(({ name }) => !called.has(name));
  return tool ? [{ name: tool.name, input: undefined }] : [];
}

function callPieces(
  request: ChatRequest,
  plan: ToolCallPlan,
  index: number,
  id: string,
): readonly Piece[] {
  const tool = request.tools.find(({ name }) => name === plan.name);
  const call = { id, type: tool?.type ?? "function", name: plan.name };
  const input = plan.input ?? sampleInput(tool);
  return [
    { type: "call", index, call },
    ...tokens(input).map((text) => ({ type: "input" as const, index, call, text })),
  ];
}

function sampleInput(tool: Tool | undefined): string {
  if (tool?.type === "custom") return "mock input";
  return JSON.stringify(sampleJson(tool?.parameters ?? { type: "object" }));
}

function plainAnswer(request: ChatRequest, choice: number, answerTokens: number): string {
  switch (request.format.type) {
    case "json_schema":
      return JSON.stringify(sampleJson(request.format.schema ?? { type: "object" }));
    case "json_object":
      return JSON.stringify({ answer: describe(request) });
    case "text":
      return defaultText(request, choice, answerTokens);
  }
}

function untilStop(text: string, stops: readonly string[]): string {
  const ends = stops.flatMap((stop) => {
    const at = stop === "" ? -1 : text.indexOf(stop);
    return at < 0 ? [] : [at];
  });
  return text.slice(0, Math.min(text.length, ...ends));
}

/** The API says `stop`, not `tool_calls`, of a call that the client has forced by its name. */
function finishReason(
  request: ChatRequest,
  pieces: readonly Piece[],
  cut: boolean,
): FinishReason {
  if (cut) return "length";
  const calls = pieces.some(({ type }) => type === "call");
  return calls && !request.namesTool ? "tool_calls" : "stop";
}

/** All text of the pieces of one type, joined. */
export function joined(pieces: readonly Piece[], type: "text" | "refusal"): string {
  return pieces.map((piece) => piece.type === type ? piece.text : "").join("");
}
