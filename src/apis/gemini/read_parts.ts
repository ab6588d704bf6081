import type { Block, Seal, TokenLogprob } from "../../chat/block.ts";
import type { BlockDeltaEvent, BlockEndEvent, BlockStartEvent } from "../../chat/events.ts";
import { defined } from "../../lib/defined.ts";
import { isMapping, type Mapping } from "../../lib/mapping.ts";
import { readMedia } from "./media.ts";

/** A step of a block. */
export type BlockEvent = BlockStartEvent | BlockDeltaEvent | BlockEndEvent;

/** Turns the parts of an answer, as they come, into steps of blocks. */
export interface PartReader {
  /** The steps of some parts; `logprobs` are those of their text. */
  read(parts: readonly Mapping[], logprobs?: readonly TokenLogprob[]): readonly BlockEvent[];
  /** The steps after the last part. */
  close(): readonly BlockEvent[];
  /** Whether a function was called. */
  readonly hasCalls: boolean;
}

/**
 * A reader of parts: text goes on from part to part, until something else comes.
 *
 * `idOf` makes the id of a call that has none, from how many came before it.
 */
export function partReader(idOf: (count: number) => string): PartReader {
  const blocks = blockSteps();
  let calls = 0;

  function readPart(part: Mapping, logprobs: readonly TokenLogprob[] | undefined): BlockEvent[] {
    const { functionCall: call } = part;
    if (isMapping(call)) {
      const id = typeof call.id === "string" && call.id !== "" ? call.id : idOf(calls);
      calls++;
      const name = typeof call.name === "string" ? call.name : "";
      const input = JSON.stringify(call.args ?? {});
      return blocks.whole({
        type: "tool-call",
        id,
        name,
        input,
        ...defined({ seal: sealOf(part) }),
      });
    }
    const content = isMedia(part) ? readMedia(part, "content.parts") : nativeIn(part);
    return content === undefined
      ? readText(part, blocks, logprobs)
      : [...blocks.whole(content), ...readText({ ...part, text: "" }, blocks)];
  }

  return {
    read(parts, logprobs) {
      const first = parts.findIndex(({ text, thought }) => text !== "" && thought !== true);
      return parts.flatMap((part, at) => readPart(part, at === first ? logprobs : undefined));
    },
    close: () => blocks.close(),
    get hasCalls() {
      return calls > 0;
    },
  };
}

/** Text or thoughts; a seal of text is a block of its own. */
function readText(
  part: Mapping,
  blocks: BlockSteps,
  logprobs?: readonly TokenLogprob[],
): BlockEvent[] {
  const text = typeof part.text === "string" ? part.text : "";
  const type = part.thought === true ? "reasoning" : "text";
  const said = text === ""
    ? []
    : blocks.say(type, text, type === "text" && logprobs?.length ? logprobs : undefined);
  const seal = sealOf(part);
  if (seal === undefined) return said;
  if (type === "reasoning" && blocks.saying === "reasoning") {
    return [...said, ...blocks.close(seal)];
  }
  return [...said, ...blocks.whole({ type: "reasoning", text: "" }, seal)];
}

type Said = "text" | "reasoning";

/** Numbers blocks and closes one before the next. */
interface BlockSteps {
  /** More of the block that is open, or a new one. */
  say(type: Said, text: string, logprobs: readonly TokenLogprob[] | undefined): BlockEvent[];
  /** A block that is there at once. */
  whole(block: Block, seal?: Seal): BlockEvent[];
  close(seal?: Seal): BlockEvent[];
  /** What the open block holds. */
  readonly saying: Said | undefined;
}

function blockSteps(): BlockSteps {
  let next = 0;
  let open: { readonly index: number; readonly type: Said } | undefined;

  function close(seal?: Seal): BlockEvent[] {
    if (open === undefined) return [];
    const { index } = open;
    open = undefined;
    return [{ type: "block-end", index, ...defined({ seal }) }];
  }

  return {
    say(type, text, logprobs) {
      const events: BlockEvent[] = [];
      if (open?.type !== type) {
        events.push(...close());
        open = { index: next++, type };
        events.push({ type: "block-start", index: open.index, block: { type, text: "" } });
      }
      const { index } = open;
      return [...events, { type: "block-delta", index, text, ...defined({ logprobs }) }];
    },
    whole(block, seal) {
      const index = next++;
      return [
        ...close(),
        { type: "block-start", index, block },
        { type: "block-end", index, ...defined({ seal }) },
      ];
    },
    close,
    get saying() {
      return open?.type;
    },
  };
}

/** Blocks whole, from their steps; none of these overlap. */
export function foldBlocks(events: readonly BlockEvent[]): readonly Block[] {
  const blocks: Block[] = [];
  for (const event of events) {
    const last = blocks.at(-1);
    if (event.type === "block-start") {
      blocks.push(event.block);
    } else if (
      event.type === "block-delta" && (last?.type === "text" || last?.type === "reasoning")
    ) {
      const { text, logprobs } = event;
      blocks[blocks.length - 1] = { ...last, text: last.text + text, ...defined({ logprobs }) };
    } else if (event.type === "block-end" && event.seal !== undefined) {
      if (last?.type !== "reasoning" && last?.type !== "tool-call") continue;
      blocks[blocks.length - 1] = { ...last, seal: event.seal };
    }
  }
  return blocks;
}

function sealOf({ thoughtSignature: value }: Mapping): Seal | undefined {
  return typeof value === "string" && value !== "" ? { api: "gemini", value } : undefined;
}

function isMedia({ inlineData, fileData }: Mapping): boolean {
  const content = isMapping(inlineData) ? inlineData.data : undefined;
  const address = isMapping(fileData) ? fileData.fileUri : undefined;
  return typeof content === "string" || typeof address === "string";
}

/** What only Google knows, such as code that it ran. */
function nativeIn(part: Mapping): Block | undefined {
  const name = Object.keys(part).find((key) => !KNOWN.has(key));
  return name === undefined ? undefined : { type: "native", api: "gemini", name, value: part };
}

/** Members that are read, or only say something of those that are. */
const KNOWN: ReadonlySet<string> = new Set([
  "fileData",
  "functionCall",
  "inlineData",
  "mediaResolution",
  "partMetadata",
  "text",
  "thought",
  "thoughtSignature",
  "videoMetadata",
]);
