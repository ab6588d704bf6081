import type { Block, Seal, TokenLogprob } from "../../../src/chat/block.ts";
import type {
  BlockDeltaEvent,
  BlockEndEvent,
  BlockStartEvent,
  ChatEvent,
  StartEvent,
} from "../../../src/chat/events.ts";
import type { ChatResponse, Finish } from "../../../src/chat/response.ts";
import type { Usage } from "../../../src/chat/usage.ts";

interface Open {
  readonly block: Block;
  text: string;
  logprobs: TokenLogprob[];
  seal: Seal | undefined;
  ended: boolean;
}

interface Folded {
  start: StartEvent | undefined;
  readonly open: Open[];
  usage: Usage | undefined;
  finish: Finish | undefined;
  ended: boolean;
}

/**
 * The whole answer that a stream of steps tells, or the fault that it ended with; throws where the
 * steps break the grammar of `ChatEvent`.
 */
export function foldEvents(events: readonly ChatEvent[]): ChatResponse {
  const folded: Folded = {
    start: undefined,
    open: [],
    usage: undefined,
    finish: undefined,
    ended: false,
  };
  for (const event of events) fold(folded, event);
  const { start, open, usage, finish, ended } = folded;
  if (start === undefined || !ended || finish === undefined) throw new Error("no end");
  const { id, model, serviceTier } = start;
  return {
    id,
    model,
    choices: [{ blocks: open.map(whole), finish }],
    ...(usage === undefined ? {} : { usage }),
    ...(serviceTier === undefined ? {} : { serviceTier }),
  };
}

function fold(folded: Folded, event: ChatEvent): void {
  if (folded.ended) throw new Error(`${event.type} after the end`);
  if (folded.start === undefined && event.type !== "start" && event.type !== "error") {
    throw new Error(`${event.type} before start`);
  }
  switch (event.type) {
    case "start":
      if (folded.start !== undefined) throw new Error("a second start");
      folded.start = event;
      folded.usage = event.usage;
      return;
    case "usage":
      folded.usage = event.usage;
      return;
    case "finish":
      if (folded.finish !== undefined) throw new Error("a second finish");
      if (folded.open.some((block) => !block.ended)) throw new Error("finish with an open block");
      folded.finish = event.finish;
      return;
    case "end":
      if (folded.finish === undefined) throw new Error("end without finish");
      folded.ended = true;
      return;
    case "error":
      throw new Error(`fault: ${event.fault.message}`);
    default:
      foldBlock(folded, event);
  }
}

function foldBlock(
  { open, finish }: Folded,
  event: BlockStartEvent | BlockDeltaEvent | BlockEndEvent,
): void {
  if (event.type === "block-start") {
    if (finish !== undefined) throw new Error("a block after finish");
    if (event.index !== open.length) throw new Error(`block ${event.index} out of order`);
    open.push({ block: event.block, text: "", logprobs: [], seal: undefined, ended: false });
    return;
  }
  const block = open[event.index];
  if (block === undefined || block.ended) throw new Error(`block ${event.index} not open`);
  if (event.type === "block-end") {
    block.ended = true;
    block.seal = event.seal;
  } else {
    block.text += event.text;
    block.logprobs.push(...event.logprobs ?? []);
  }
}

function whole({ block, text, logprobs, seal }: Open): Block {
  const sealed = seal === undefined ? {} : { seal };
  switch (block.type) {
    case "text":
      return {
        ...block,
        text: block.text + text,
        ...(logprobs.length === 0 ? {} : { logprobs: [...block.logprobs ?? [], ...logprobs] }),
      };
    case "reasoning":
      return { ...block, text: block.text + text, ...sealed };
    case "refusal":
      return { ...block, text: block.text + text };
    case "tool-call":
      return { ...block, input: block.input + text, ...sealed };
    default:
      return block;
  }
}
