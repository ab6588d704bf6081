import type { Seal, TokenLogprob } from "../../../chat/block.ts";
import type { BlockStartEvent, ChatEvent } from "../../../chat/events.ts";
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

/**
 * Lets the texts of an answer through a guard that has to be asked, window by window. While it is
 * asked, all events wait in line.
 */
export function windowStage(guard: Guard, context: GuardContext): Stage {
  const judging: Judging = {
    guard,
    context,
    blocks: new Map(),
    line: [],
    ready: [],
    asked: undefined,
    refusal: undefined,
    isEnded: false,
  };
  return {
    get refusal() {
      return judging.refusal;
    },
    push(event) {
      if (judging.refusal === undefined) judging.line.push(event);
      proceed(judging);
      return taken(judging);
    },
    pending() {
      if (judging.asked !== undefined) return judging.asked.then(() => taken(judging));
      return judging.ready.length === 0 ? undefined : Promise.resolve(taken(judging));
    },
  };
}

interface Judging {
  readonly guard: Guard;
  readonly context: GuardContext;
  readonly blocks: Map<number, OpenBlock>;
  /** Events that came while the guard was asked. */
  readonly line: ChatEvent[];
  /** What may go on, until somebody takes it. */
  ready: ChatEvent[];
  asked: Promise<void> | undefined;
  refusal: StreamRefusal | undefined;
  isEnded: boolean;
}

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

function taken(judging: Judging): readonly ChatEvent[] {
  const events = judging.ready;
  judging.ready = [];
  return events;
}

/** Handles the events in line, up to one for which the guard has to be asked. */
function proceed(judging: Judging): void {
  const { line, ready } = judging;
  while (judging.asked === undefined && judging.refusal === undefined) {
    const event = line.shift();
    if (event === undefined) return;
    handle(judging, event);
  }
  if (judging.refusal === undefined || judging.isEnded) return;
  judging.isEnded = true;
  line.length = 0;
  ready.push({ type: "error", fault: judging.refusal.fault });
}

function handle(judging: Judging, event: ChatEvent): void {
  const { blocks, ready } = judging;
  if (event.type === "block-start") return begin(judging, event);
  const open = "index" in event ? blocks.get(event.index) : undefined;
  if (open === undefined) {
    ready.push(event);
  } else if (event.type === "block-delta") {
    add(judging, open, event.text, event.logprobs);
  } else if (event.type === "block-end") {
    blocks.delete(event.index);
    const end = (text: string) => {
      write(judging, open, text);
      judging.ready.push(guardedEnd(event, open.seal, open.isChanged));
    };
    if (open.held.trim() === "") end(open.held);
    else ask(judging, open, end);
  }
}

function begin(judging: Judging, event: BlockStartEvent): void {
  const block = guardedBlock(event);
  judging.ready.push(block?.start ?? event);
  if (block === undefined) return;
  const { isJson, text, logprobs, seal } = block;
  const { index } = event;
  const counts = { held: "", overlap: 0, released: 0, isChanged: false };
  const open = { index, isJson, seal, logprobs: heldLogprobs(), ...counts };
  judging.blocks.set(index, open);
  add(judging, open, text, logprobs);
}

function add(
  judging: Judging,
  open: OpenBlock,
  text: string,
  logprobs: readonly TokenLogprob[] | undefined,
): void {
  open.held += text;
  open.logprobs.add(text.length, logprobs);
  if (open.held.length > HELD_MAX) {
    const failure = new GuardFailure(`a block has more than ${HELD_MAX} characters`);
    judging.refusal = failed(judging.guard.name, failure);
  } else if (!open.isJson && open.held.length - open.overlap >= WINDOW) {
    ask(judging, open, (judged) => {
      const cut = boundary(judged, Math.max(0, judged.length - OVERLAP));
      open.held = judged.slice(cut);
      open.overlap = open.held.length;
      write(judging, open, judged.slice(0, cut));
    });
  }
}

function write({ ready }: Judging, open: OpenBlock, text: string): void {
  open.released += text.length;
  const logprobs = open.logprobs.take(open.released, open.isChanged);
  if (text === "" && logprobs === undefined) return;
  ready.push({ type: "block-delta", index: open.index, text, ...defined({ logprobs }) });
}

function ask(judging: Judging, open: OpenBlock, release: (text: string) => void): void {
  judging.asked = judged(judging, open).then((text) => {
    judging.asked = undefined;
    if (text !== undefined) {
      open.isChanged ||= text !== open.held;
      release(text);
    }
    proceed(judging);
  });
}

/** The text as the guard lets it go on; undefined where it does not. */
async function judged(judging: Judging, { isJson, held }: OpenBlock): Promise<string | undefined> {
  const { guard, context } = judging;
  const parts = isJson ? folded(held) : { texts: [held], with: ([text = ""]: string[]) => text };
  const scope = isJson ? "toolInput" : "messages";
  const texts = parts.texts.map((text): GuardedText => ({ scope, role: "assistant", text }));
  try {
    const judgement = await guard.check(texts, context);
    if (judgement.type === "pass") return held;
    if (judgement.type === "mask") return parts.with([...judgement.texts]);
    judging.refusal = rejected(guard.name, judgement.rejection);
  } catch (error) {
    judging.refusal = failed(guard.name, error);
  }
  return undefined;
}

/** An index that does not part the halves of a character. */
function boundary(text: string, index: number): number {
  return (text.charCodeAt(index - 1) & 0xfc00) === 0xd800 ? index - 1 : index;
}
