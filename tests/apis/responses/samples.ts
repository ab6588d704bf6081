import type { AnswerContext, CallContext, JsonObject } from "../../../src/apis/api.ts";
import { readRequest } from "../../../src/apis/responses/read_request.ts";
import type { Block, Seal } from "../../../src/chat/block.ts";
import type { ChatEvent } from "../../../src/chat/events.ts";
import { losses } from "../../../src/chat/losses.ts";
import type { ChatRequest } from "../../../src/chat/request.ts";
import type { ChatResponse, Finish } from "../../../src/chat/response.ts";
import { isObject } from "../../support/json.ts";

/** A client's request as the model has it. */
export function read(json: JsonObject): ChatRequest {
  return readRequest({
    json: { model: "m", input: "hi", ...json },
    model: "m",
    streaming: json.stream === true,
    headers: new Headers(),
  });
}

/** A request of a client that speaks another API. */
export function chatOf(members: Partial<ChatRequest> = {}): ChatRequest {
  return {
    api: "messages",
    model: "m",
    instructions: [],
    turns: [],
    tools: [],
    sampling: {},
    stream: false,
    native: {},
    ...members,
  };
}

/** What an answer to a client needs; ids count up. */
export function answerContext(json: JsonObject = {}): AnswerContext {
  const request = { model: "m", input: "hi", ...json };
  return {
    json: request,
    chat: chatOf({ api: "responses" }),
    createdAtS: 1_700_000_000,
    newId: counter(),
    losses: losses({}),
  };
}

/** What reading a provider's answer needs; ids count up. */
export function callContext(): CallContext {
  return { chat: chatOf(), headers: new Headers(), newId: counter(), losses: losses({}) };
}

function counter(): (prefix: string) => string {
  let count = 0;
  return (prefix) => `${prefix}${++count}`;
}

/** A whole answer of some blocks. */
export function responseOf(
  blocks: readonly Block[],
  finish: Finish = { reason: "stop" },
  members: Partial<ChatResponse> = {},
): ChatResponse {
  return { id: "resp_up", model: "up", choices: [{ blocks, finish }], ...members };
}

/** The steps that tell a whole answer, each text in pieces of `size`. */
export function eventsOf({ choices, usage, ...head }: ChatResponse, size = 3): ChatEvent[] {
  const [choice] = choices;
  if (choice === undefined) throw new Error("no choice");
  return [
    { type: "start", ...head },
    ...choice.blocks.flatMap((block, index) => blockEvents(block, index, size)),
    { type: "finish", finish: choice.finish },
    ...(usage === undefined ? [] : [{ type: "usage" as const, usage }]),
    { type: "end" },
  ];
}

function blockEvents(block: Block, index: number, size: number): ChatEvent[] {
  switch (block.type) {
    case "text": {
      const { logprobs, text, ...rest } = block;
      const [first, ...pieces] = cut(text, size);
      const deltas = [{ text: first ?? "", logprobs }, ...pieces.map((piece) => ({ text: piece }))];
      return [
        { type: "block-start", index, block: { ...rest, text: "" } },
        ...deltas.map(({ text, ...more }): ChatEvent => ({
          type: "block-delta",
          index,
          text,
          ...("logprobs" in more && more.logprobs !== undefined ? { logprobs: more.logprobs } : {}),
        })),
        { type: "block-end", index },
      ];
    }
    case "refusal":
      return spread({ ...block, text: "" }, block.text, index, size);
    case "reasoning": {
      const { seal, ...rest } = block;
      return sealed(spread({ ...rest, text: "" }, block.text, index, size), index, seal);
    }
    case "tool-call": {
      if (block.seal === undefined) {
        return spread({ ...block, input: "" }, block.input, index, size);
      }
      const { seal, ...rest } = block;
      return sealed(spread(rest, "", index, size), index, seal);
    }
    default:
      return [{ type: "block-start", index, block }, { type: "block-end", index }];
  }
}

function sealed(steps: ChatEvent[], index: number, seal: Seal | undefined): ChatEvent[] {
  const end: ChatEvent = { type: "block-end", index, ...(seal === undefined ? {} : { seal }) };
  return [...steps.slice(0, -1), end];
}

function spread(block: Block, text: string, index: number, size: number): ChatEvent[] {
  return [
    { type: "block-start", index, block },
    ...cut(text, size).map((piece): ChatEvent => ({ type: "block-delta", index, text: piece })),
    { type: "block-end", index },
  ];
}

function cut(text: string, size: number): string[] {
  const pieces: string[] = [];
  for (let at = 0; at < text.length; at += size) pieces.push(text.slice(at, at + size));
  return pieces;
}

/** The data of each event of a stream's text; checks that every name is the payload's type. */
export function payloads(text: string): JsonObject[] {
  return text.split("\n\n").filter((frame) => frame !== "").map((frame) => {
    const [name = "", data = "", ...rest] = frame.split("\n");
    const payload: unknown = JSON.parse(data.replace(/^data: /, ""));
    if (!isObject(payload)) throw new Error(`no object: ${frame}`);
    if (name !== `event: ${payload.type}` || rest.length > 0) throw new Error(`odd: ${frame}`);
    return payload;
  });
}
