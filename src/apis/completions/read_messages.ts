import type { Block, ToolCallBlock, ToolResultBlock } from "../../chat/block.ts";
import type { Turn } from "../../chat/request.ts";
import { defined } from "../../lib/defined.ts";
import { isMapping, type Mapping } from "../../lib/mapping.ts";
import { listIn, mappingIn, required, requiredString, stringIn, wrongType } from "../fields.ts";
import { readSealedId } from "../seal_token.ts";
import { readCache, readContent } from "./read_content.ts";
import { readReasoning } from "./reasoning_details.ts";
import { readCall, readFunctionCall } from "./tool_calls.ts";
import { note, noteOthers, type Unmodelled } from "./unmodelled.ts";

/** What was said so far. */
export interface Conversation {
  readonly instructions: readonly Block[];
  readonly turns: readonly Turn[];
}

/** Reads `messages`: instructions from wherever they stand, and turns. */
export function readMessages(
  messages: readonly unknown[],
  unmodelled: Unmodelled,
): Conversation {
  const found: Found = { instructions: [], turns: [], calls: new Map(), unmodelled };
  messages.forEach((message, index) => {
    if (!isMapping(message)) throw wrongType(`messages[${index}]`, "an object");
    readMessage(message, `messages[${index}].`, found);
  });
  return found;
}

interface Found {
  readonly instructions: Block[];
  readonly turns: Turn[];
  /** The ids of the calls made, by the tool's name too for those without ids. */
  readonly calls: Map<string, string>;
  readonly unmodelled: Unmodelled;
}

function readMessage(message: Mapping, at: string, found: Found): void {
  switch (message.role) {
    case "system":
    case "developer":
      found.instructions.push(...readBlocks(message, at, found.unmodelled));
      return;
    case "user":
      return addUser(found.turns, readBlocks(message, at, found.unmodelled));
    case "assistant":
      found.turns.push({ role: "assistant", blocks: readAssistant(message, at, found) });
      return;
    case "tool":
      return addResult(found.turns, readResult(message, at, found));
    case "function":
      return addFunctionResult(message, at, found);
    default:
      throw wrongType(`${at}role`, "system, developer, user, assistant or tool");
  }
}

const MESSAGE_MEMBERS: ReadonlySet<string> = new Set(["role", "content", "cache_control"]);

/** The blocks of a message; a wish for caching beside its content goes to the last of them. */
function readBlocks(message: Mapping, at: string, unmodelled: Unmodelled): Block[] {
  noteOthers(message, MESSAGE_MEMBERS, "messages[].", unmodelled);
  const blocks = readContent(message.content, `${at}content`, unmodelled);
  const last = blocks.pop();
  if (last === undefined) return blocks;
  const cache = readCache(message);
  const takesCache = last.type === "text" || last.type === "media";
  return [...blocks, takesCache && cache !== undefined ? { cache, ...last } : last];
}

/** Adds to the turn that tool results have begun, so that both are one turn of the user. */
function addUser(turns: Turn[], blocks: readonly Block[]): void {
  const results = lastResults(turns);
  if (results === undefined) turns.push({ role: "user", blocks });
  else turns[turns.length - 1] = { role: "user", blocks: [...results, ...blocks] };
}

function addResult(turns: Turn[], result: ToolResultBlock): void {
  addUser(turns, [result]);
}

/** The blocks of the last turn, if they are tool results and nothing else. */
function lastResults(turns: readonly Turn[]): readonly Block[] | undefined {
  const last = turns.at(-1);
  if (last?.role !== "user" || last.blocks.length === 0) return undefined;
  return last.blocks.every(({ type }) => type === "tool-result") ? last.blocks : undefined;
}

const ASSISTANT_MEMBERS: ReadonlySet<string> = new Set([
  ...MESSAGE_MEMBERS,
  ...["refusal", "tool_calls", "function_call"],
  ...["reasoning_content", "reasoning", "reasoning_details", "reasoning_signature"],
]);

function readAssistant(message: Mapping, at: string, { calls, unmodelled }: Found): Block[] {
  noteOthers(message, ASSISTANT_MEMBERS, "messages[].", unmodelled);
  const others = readContent(message.content, `${at}content`, unmodelled)
    .filter((block) => block.type !== "text" || block.text !== "");
  const cache = readCache(message);
  const last = others.at(-1);
  if (cache !== undefined && last?.type === "text") others.splice(-1, 1, { cache, ...last });
  const refusal = stringIn(message, "refusal", `${at}refusal`) ?? "";
  if (refusal !== "") others.push({ type: "refusal", text: refusal });
  for (const call of readCalls(message, at)) {
    calls.set(call.id, call.id).set(call.name, call.id);
    others.push(call);
  }
  return withReasoning(message, others);
}

/** Puts reasoning where its index says that it stood among the blocks. */
function withReasoning(message: Mapping, others: readonly Block[]): Block[] {
  const blocks: Block[] = [];
  let taken = 0;
  for (const { block, index } of readReasoning(message)) {
    const before = others.slice(taken, taken + Math.max(index - blocks.length, 0));
    taken += before.length;
    blocks.push(...before, block);
  }
  return [...blocks, ...others.slice(taken)];
}

function readCalls(message: Mapping, at: string): ToolCallBlock[] {
  const calls = listIn(message, "tool_calls", `${at}tool_calls`);
  const legacy = mappingIn(message, "function_call", `${at}function_call`);
  return [
    ...calls.map((call, index) => readToolCall(call, `${at}tool_calls[${index}]`)),
    ...(legacy === undefined ? [] : [readLegacyCall(legacy, at)]),
  ];
}

function readToolCall(call: unknown, at: string): ToolCallBlock {
  if (!isMapping(call)) throw wrongType(at, "an object");
  const parts = readCall(call);
  const { id, seal = parts.seal } = readSealedId(required(parts.id, `${at}.id`));
  return {
    type: "tool-call",
    id,
    name: required(parts.name, parts.custom ? `${at}.custom.name` : `${at}.function.name`),
    input: parts.input ?? "",
    ...(parts.custom ? { custom: true } : {}),
    ...defined({ seal, cache: readCache(call) }),
  };
}

const RESULT_MEMBERS: ReadonlySet<string> = new Set([...MESSAGE_MEMBERS, "tool_call_id", "name"]);

function readResult(message: Mapping, at: string, { calls, unmodelled }: Found): ToolResultBlock {
  noteOthers(message, RESULT_MEMBERS, "messages[].", unmodelled);
  const id = requiredString(message, "tool_call_id", `${at}tool_call_id`);
  const callId = readSealedId(id).id;
  // The name that some clients add says nothing new where the call is there.
  if (!calls.has(callId)) note(message.name, "messages[].name", unmodelled);
  const blocks = readResultContent(message, at, unmodelled);
  return { type: "tool-result", callId, blocks, ...defined({ cache: readCache(message) }) };
}

function readResultContent(message: Mapping, at: string, unmodelled: Unmodelled): Block[] {
  return readContent(message.content, `${at}content`, unmodelled).filter((block) => {
    if (block.type === "native") note(block.value, block.name, unmodelled);
    return block.type === "media" || (block.type === "text" && block.text !== "");
  });
}

/** `function_call` had no ids: its place in the conversation makes one. */
function readLegacyCall(call: Mapping, at: string): ToolCallBlock {
  const { name, input = "" } = readFunctionCall(call);
  const place = at.replace(/\D+/g, "");
  return {
    type: "tool-call",
    id: `function_call_${place}`,
    name: required(name, `${at}function_call.name`),
    input,
  };
}

/** A `function` message answers the last call of that name; without a call it is the user's. */
function addFunctionResult(message: Mapping, at: string, found: Found): void {
  noteOthers(message, RESULT_MEMBERS, "messages[].", found.unmodelled);
  const name = requiredString(message, "name", `${at}name`);
  const callId = found.calls.get(name);
  const blocks = readResultContent(message, at, found.unmodelled);
  if (callId === undefined) return addUser(found.turns, blocks);
  addResult(found.turns, { type: "tool-result", callId, blocks });
}
