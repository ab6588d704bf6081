import type { Block, ReasoningBlock, ToolCallBlock, ToolResultBlock } from "../../chat/block.ts";
import type { Turn } from "../../chat/request.ts";
import { GatewayError } from "../../errors.ts";
import { defined } from "../../lib/defined.ts";
import { isMapping, type Mapping } from "../../lib/mapping.ts";
import { missing, requiredString, stringIn, wrongType } from "../fields.ts";
import { isNoSeal, readSealedId, readSealToken } from "../seal_token.ts";
import { readParts } from "./read_parts.ts";
import { textsOf } from "./wire.ts";

/** What was said so far. */
export interface Conversation {
  readonly instructions: readonly Block[];
  readonly turns: readonly Turn[];
}

/** Reads `instructions` and `input`: a text of the user, or items of both sides. */
export function readConversation(instructions: string | undefined, input: unknown): Conversation {
  const draft: Draft = { instructions: [], turns: [] };
  if (instructions !== undefined) draft.instructions.push({ type: "text", text: instructions });
  if (typeof input === "string") {
    return { ...draft, turns: [{ role: "user", blocks: [{ type: "text", text: input }] }] };
  }
  if (input === undefined || input === null) throw missing("input");
  if (!Array.isArray(input)) throw wrongType("input", "a string or a list");
  for (const [index, item] of input.entries()) {
    if (!isMapping(item)) throw wrongType(`input[${index}]`, "an object");
    readItem(item, `input[${index}]`, draft);
  }
  return {
    instructions: draft.instructions,
    turns: draft.turns.map(({ role, blocks }) => ({ role, blocks })),
  };
}

interface Draft {
  readonly instructions: Block[];
  readonly turns: DraftTurn[];
}

interface DraftTurn {
  readonly role: Turn["role"];
  readonly blocks: Block[];
  /** Whether what follows from the same side belongs to it. */
  isOpen: boolean;
}

function readItem(item: Mapping, place: string, draft: Draft): void {
  const type = stringIn(item, "type", `${place}.type`);
  switch (type ?? (item.role === undefined ? "item_reference" : "message")) {
    case "message":
      return readMessage(item, place, draft);
    case "function_call":
      return addToAssistant(draft, [readCall(item, "arguments", place)]);
    case "custom_tool_call":
      return addToAssistant(draft, [{ ...readCall(item, "input", place), custom: true }]);
    case "function_call_output":
    case "custom_tool_call_output":
      return addResult(draft, readResult(item, place));
    case "reasoning":
      return addToAssistant(draft, readReasoning(item, place));
    case "item_reference":
      return readReference(item, place, draft);
    default:
      return readNative(item, type ?? "item_reference", draft);
  }
}

function readMessage(item: Mapping, place: string, draft: Draft): void {
  const blocks = readParts(item.content, `${place}.content`);
  switch (item.role) {
    case "system":
    case "developer":
      draft.instructions.push(...blocks);
      return;
    case "assistant":
      return addToAssistant(draft, blocks);
    case "user":
      return addMessage(draft, blocks);
    default:
      throw new GatewayError("invalid-request", `invalid field: ${place}.role names no role`, {
        code: "invalid_value",
        param: `${place}.role`,
      });
  }
}

/** The items of one answer follow each other. */
function addToAssistant(draft: Draft, blocks: readonly Block[]): void {
  if (blocks.length > 0) turnOf(draft, "assistant").blocks.push(...blocks);
}

/** Results go before the message that comes with them. */
function addMessage(draft: Draft, blocks: readonly Block[]): void {
  if (blocks.length === 0) return;
  const turn = turnOf(draft, "user");
  turn.blocks.push(...blocks);
  turn.isOpen = false;
}

function addResult(draft: Draft, block: Block): void {
  turnOf(draft, "user").blocks.push(block);
}

function turnOf(draft: Draft, role: Turn["role"]): DraftTurn {
  const last = draft.turns.at(-1);
  if (last?.role === role && last.isOpen) return last;
  const turn: DraftTurn = { role, blocks: [], isOpen: true };
  draft.turns.push(turn);
  return turn;
}

function readCall(item: Mapping, inputName: string, place: string): ToolCallBlock {
  const { id, seal } = readSealedId(callIdOf(item, place));
  return {
    type: "tool-call",
    id,
    name: requiredString(item, "name", `${place}.name`),
    input: stringIn(item, inputName, `${place}.${inputName}`) ?? "",
    ...defined({ seal }),
  };
}

/** The status is the only place for a failure; clients that say nothing know of none. */
function readResult(item: Mapping, place: string): ToolResultBlock {
  const failed = item.status === "incomplete"
    ? true
    : item.status === "completed"
    ? false
    : undefined;
  return {
    type: "tool-result",
    callId: readSealedId(callIdOf(item, place)).id,
    blocks: readParts(item.output, `${place}.output`),
    ...defined({ failed }),
  };
}

function callIdOf(item: Mapping, place: string): string {
  return stringIn(item, "call_id", `${place}.call_id`) ??
    requiredString(item, "id", `${place}.call_id`);
}

/** An item of which neither a summary nor the sealed content is there says nothing. */
function readReasoning(item: Mapping, place: string): readonly ReasoningBlock[] {
  const summary = textsOf(item.summary);
  const text = (summary.length > 0 ? summary : textsOf(item.content)).join("\n\n");
  const token = stringIn(item, "encrypted_content", `${place}.encrypted_content`) ?? "";
  if (token === "") return text === "" ? [] : [{ type: "reasoning", text }];
  const seal = readSealToken(token, "responses");
  if (isNoSeal(seal)) return text === "" ? [] : [{ type: "reasoning", text }];
  const id = seal.api === "responses" ? stringIn(item, "id", `${place}.id`) : undefined;
  return [{ type: "reasoning", text, seal: { ...seal, ...defined({ id }) } }];
}

/** Items of the provider's own tools; what answers them is the user's. */
/**
 * Items that are named only are kept by nobody. A conversation can go on without its thoughts,
 * whose ids the gateway made itself; without anything else it would be another one.
 */
function readReference(item: Mapping, place: string, draft: Draft): void {
  if (typeof item.id === "string" && item.id.startsWith("rs_")) {
    return readNative(item, "item_reference", draft);
  }
  throw new GatewayError(
    "invalid-request",
    `unsupported field: ${place} refers to an item that is not kept; send the item itself ` +
      `(with store: false, SDKs do)`,
    { code: "unsupported_value", param: place },
  );
}

function readNative(item: Mapping, name: string, draft: Draft): void {
  const block: Block = { type: "native", api: "responses", name, value: item };
  if (/_(output|response)$/.test(name)) addResult(draft, block);
  else addToAssistant(draft, [block]);
}
