import type { Seal, TokenLogprob } from "../../../chat/block.ts";
import type { BlockEndEvent, ChatEvent } from "../../../chat/events.ts";
import { defined } from "../../../lib/defined.ts";
import type { Guard, GuardContext, GuardedText } from "../guard.ts";
import { GuardFailure } from "../guard_failure.ts";
import { folded } from "../json_fold.ts";
import { guardedBlock, guardedEnd } from "./guarded_block.ts";
import { type HeldLogprobs, heldLogprobs } from "./held_logprobs.ts";
import { failed, rejected, type Stage, type StreamRefusal } from "./stage.ts";

/** So much new text of a block is judged at once. */
const WINDOW = 1024;

/** So much of it is held back to be judged once more, with what comes after it. */
const OVERLAP = 256;

/** Characters that a block may hold which is judged as a whole. */
const HELD_MAX = 1_048_576;

interface OpenBlock {
  readonly index: number;
  readonly isJson: boolean;
  readonly seal: Seal | undefined;
  readonly logprobs: HeldLogprobs;
  held: string;
  /** How much of the held text has been judged before. */
  overlap: number;
  released: number;
  isChanged: boolean;
}

/**
 * Lets the texts of an answer through a guard that has to be asked, window by window. While it is
 * asked, all events wait in line.
 */
export function windowStage(guard: Guard, context: GuardContext): Stage {
  const blocks = new Map<number, OpenBlock>();
  const line: ChatEvent[] = [];
  /** What may go on, until somebody takes it. */
  let ready: ChatEvent[] = [];
  let asked: Promise<void> | undefined;
  let refusal: StreamRefusal | undefined;
  let isEnded = false;

  /** Handles the events in line, up to one for which the guard has to be asked. */
  function proceed(): void {
    while (asked === undefined && refusal === undefined) {
      const event = line.shift();
      if (event === undefined) return;
      ready.push(...handle(event));
    }
    if (refusal === undefined || isEnded) return;
    isEnded = true;
    line.length = 0;
    ready.push({ type: "error", fault: refusal.fault });
  }

  function taken(): readonly ChatEvent[] {
    const events = ready;
    ready = [];
    return events;
  }

  function handle(event: ChatEvent): readonly ChatEvent[] {
    if (event.type === "block-start") {
      const block = guardedBlock(event);
      if (block === undefined) return [event];
      const { start, isJson, text, logprobs, seal } = block;
      const { index } = event;
      const counts = { held: "", overlap: 0, released: 0, isChanged: false };
      const open = { index, isJson, seal, logprobs: heldLogprobs(), ...counts };
      blocks.set(index, open);
      add(open, text, logprobs);
      return [start];
    }
    if (event.type !== "block-delta" && event.type !== "block-end") return [event];
    const open = blocks.get(event.index);
    if (open === undefined) return [event];
    if (event.type === "block-delta") {
      add(open, event.text, event.logprobs);
      return [];
    }
    blocks.delete(event.index);
    if (open.held.trim() === "") return ended(open, event, open.held);
    ask(open, (text) => ended(open, event, text));
    return [];
  }

  function add(open: OpenBlock, text: string, logprobs: readonly TokenLogprob[] | undefined) {
    open.held += text;
    open.logprobs.add(text.length, logprobs);
    if (open.held.length > HELD_MAX) {
      refusal = failed(
        guard.name,
        new GuardFailure(`a block has more than ${HELD_MAX} characters`),
      );
    } else if (!open.isJson && open.held.length - open.overlap >= WINDOW) {
      ask(open, (text) => advanced(open, text));
    }
  }

  function ask(open: OpenBlock, release: (text: string) => readonly ChatEvent[]): void {
    asked = judged(open).then((text) => {
      asked = undefined;
      if (text !== undefined && refusal === undefined) {
        open.isChanged ||= text !== open.held;
        ready.push(...release(text));
      }
      proceed();
    });
  }

  /** The text as the guard lets it go on; undefined where it does not. */
  async function judged({ isJson, held }: OpenBlock): Promise<string | undefined> {
    const parts = isJson ? folded(held) : { texts: [held], with: ([text = ""]: string[]) => text };
    const texts = parts.texts.map((text): GuardedText => ({
      scope: isJson ? "toolInput" : "messages",
      role: "assistant",
      text,
    }));
    try {
      const judgement = await guard.check(texts, context);
      if (judgement.type === "pass") return held;
      if (judgement.type === "mask") return parts.with([...judgement.texts]);
      refusal = rejected(guard.name, judgement.rejection);
    } catch (error) {
      refusal = failed(guard.name, error);
    }
    return undefined;
  }

  function advanced(open: OpenBlock, text: string): readonly ChatEvent[] {
    const cut = boundary(text, Math.max(0, text.length - OVERLAP));
    open.held = text.slice(cut);
    open.overlap = open.held.length;
    return written(open, text.slice(0, cut));
  }

  function ended(open: OpenBlock, event: BlockEndEvent, text: string): readonly ChatEvent[] {
    return [...written(open, text), guardedEnd(event, open.seal, open.isChanged)];
  }

  function written(open: OpenBlock, text: string): readonly ChatEvent[] {
    open.released += text.length;
    const logprobs = open.logprobs.take(open.released, open.isChanged);
    if (text === "" && logprobs === undefined) return [];
    return [{ type: "block-delta", index: open.index, text, ...defined({ logprobs }) }];
  }

  return {
    get refusal() {
      return refusal;
    },
    push(event) {
      if (refusal === undefined) line.push(event);
      proceed();
      return taken();
    },
    pending() {
      if (asked !== undefined) return asked.then(taken);
      return ready.length === 0 ? undefined : Promise.resolve(taken());
    },
  };
}

/** An index that does not part the halves of a character. */
function boundary(text: string, index: number): number {
  return (text.charCodeAt(index - 1) & 0xfc00) === 0xd800 ? index - 1 : index;
}
