import type { Seal } from "../../chat/block.ts";
import type { BlockDeltaEvent, BlockEndEvent, BlockStartEvent } from "../../chat/events.ts";
import type { Losses } from "../../chat/losses.ts";
import { defined } from "../../lib/defined.ts";
import { isMapping } from "../../lib/mapping.ts";
import type { JsonObject } from "../api.ts";
import { writeSealedId } from "../seal_token.ts";
import { signatureOf, writeDetails } from "./reasoning_details.ts";
import { writeCall } from "./tool_calls.ts";
import { type Placer, placer, writeImage } from "./write_response.ts";

/** What has been told of the blocks of one streamed answer. */
export interface Told {
  readonly open: Map<number, Open>;
  readonly place: Placer;
  /** Whether the client knows `function_call` only. */
  readonly legacy: boolean;
  readonly losses: Losses;
  calls: number;
}

/** A block that has begun. */
interface Open {
  readonly type: string;
  /** A call's place among the calls. */
  readonly call: number;
  /** The blocks that stood before it, for the place of sealed reasoning. */
  readonly passed: number;
  readonly id: string;
  readonly custom: boolean;
  readonly seal: Seal | undefined;
  /** All of reasoning, since the entry with its seal repeats it. */
  text: string;
  isFilled: boolean;
}

/** Nothing told yet. */
export function nothingTold(legacy: boolean, losses: Losses): Told {
  return { open: new Map(), place: placer(), legacy, losses, calls: 0 };
}

/** The deltas of a block's beginning; none where there is nothing to say. */
export function beginBlock(told: Told, { index, block }: BlockStartEvent): JsonObject[] {
  const isCall = block.type === "tool-call";
  const begun: Open = {
    type: block.type,
    call: isCall ? told.calls++ : 0,
    passed: told.place.passed(),
    id: isCall ? writeSealedId(block.id, block.seal) : "",
    custom: isCall && block.custom === true,
    seal: isCall || block.type === "reasoning" ? block.seal : undefined,
    text: "",
    isFilled: isCall && block.input !== "",
  };
  told.open.set(index, begun);
  if (block.type !== "reasoning") told.place.pass(block);
  switch (block.type) {
    case "text":
      return continueBlock(told, {
        index,
        text: block.text,
        ...defined({ logprobs: block.logprobs }),
      });
    case "reasoning":
    case "refusal":
      return continueBlock(told, { index, text: block.text });
    case "tool-call":
      return callDelta(told, begun, writeCall({ ...block, id: begun.id }));
    case "media":
      return writeImage(block, told.losses).map((image) => ({ images: [image] }));
    case "native":
      told.losses.droppedField(block.name);
      return [];
    default:
      return [];
  }
}

/** The deltas of more of a block; an empty one counts where tokens are told with it. */
export function continueBlock(
  told: Told,
  { index, text, logprobs = [] }: Omit<BlockDeltaEvent, "type">,
): JsonObject[] {
  const block = told.open.get(index);
  if (block === undefined || (text === "" && logprobs.length === 0)) return [];
  switch (block.type) {
    case "text":
      return [{ content: text }];
    case "refusal":
      return [{ refusal: text }];
    case "reasoning":
      block.text += text;
      return [{ reasoning_content: text }];
    default:
      block.isFilled = true;
      return inputDelta(told, block, text);
  }
}

/** The deltas of a block's end: the seal of reasoning, and what a call must not be without. */
export function endBlock(told: Told, { index, seal }: BlockEndEvent): JsonObject[] {
  const block = told.open.get(index);
  told.open.delete(index);
  if (block?.type === "reasoning") return sealDelta(told, block, seal ?? block.seal);
  if (block?.type !== "tool-call") return [];
  // A seal that comes after its call has begun replaces the id, of which SDKs take the last.
  const sealed = seal === undefined || told.legacy
    ? []
    : [{ tool_calls: [{ index: block.call, id: writeSealedId(block.id, seal) }] }];
  // Without arguments a call would be no JSON.
  const filled = block.isFilled || block.custom ? [] : inputDelta(told, block, "{}");
  return [...sealed, ...filled];
}

function sealDelta(told: Told, block: Open, seal: Seal | undefined): JsonObject[] {
  if (seal === undefined) return [];
  const whole = { type: "reasoning" as const, text: block.text };
  const details = writeDetails(whole, seal, told.place.next(block.passed));
  return [{
    reasoning_details: details,
    ...defined({ reasoning_signature: signatureOf(seal) }),
  }];
}

function callDelta({ legacy }: Told, { call }: Open, written: JsonObject): JsonObject[] {
  if (!legacy) return [{ tool_calls: [{ index: call, ...written }] }];
  return call === 0 && isMapping(written.function) ? [{ function_call: written.function }] : [];
}

function inputDelta({ legacy }: Told, { call, custom }: Open, text: string): JsonObject[] {
  if (legacy) return call === 0 ? [{ function_call: { arguments: text } }] : [];
  const input = custom ? { custom: { input: text } } : { function: { arguments: text } };
  return [{ tool_calls: [{ index: call, ...input }] }];
}
