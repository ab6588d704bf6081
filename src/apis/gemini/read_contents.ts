import type { Block, ToolCallBlock, ToolResultBlock } from "../../chat/block.ts";
import type { Turn } from "../../chat/request.ts";
import { defined } from "../../lib/defined.ts";
import { isMapping, type Mapping } from "../../lib/mapping.ts";
import { wrongType } from "../fields.ts";
import { readSealToken } from "../seal_token.ts";
import { readMedia } from "./media.ts";
import { mappingIn, mappingsIn, noteOthers, stringIn, type Unmodelled } from "./members.ts";

/**
 * Reads `contents`: calls without ids get some, by which their results find them.
 *
 * Google's SDKs keep a streamed answer as one content for each event, so that contents of the model
 * which follow each other are one turn.
 */
export function readContents(
  contents: readonly Mapping[],
  unmodelled: Unmodelled,
): readonly Turn[] {
  const asked: Asked = { calls: [] };
  const turns: Turn[] = [];
  for (const [at, content] of contents.entries()) {
    const path = `contents[${at}].`;
    const last = turns.at(-1);
    const isModel = stringIn(content, "role", `${path}role`) === "model";
    const goesOn = isModel && last?.role === "assistant";
    if (isModel && !goesOn) asked.calls = [];
    const blocks = readParts(content, { path, index: at, asked, unmodelled });
    if (goesOn) {
      turns[turns.length - 1] = { role: "assistant", blocks: joined(last.blocks, blocks) };
    } else if (isModel) turns.push({ role: "assistant", blocks: joined([], blocks) });
    else turns.push({ role: "user", blocks: resultsFirst(blocks) });
  }
  return turns;
}

/** The pieces of one answer: text goes on where it ended, a seal is that of the thoughts before. */
function joined(before: readonly Block[], blocks: readonly Block[]): readonly Block[] {
  const all = [...before];
  for (const [at, block] of blocks.entries()) {
    const last = all.at(-1);
    if (last?.type === "reasoning" && last.seal === undefined && block.type === "reasoning") {
      all[all.length - 1] = { ...block, text: last.text + block.text };
    } else if (at === 0 && last?.type === "text" && block.type === "text") {
      all[all.length - 1] = { ...last, text: last.text + block.text };
    } else {
      all.push(block);
    }
  }
  return all;
}

/** Reads the blocks of a system instruction. */
export function readInstruction(value: unknown, unmodelled: Unmodelled): readonly Block[] {
  if (value === undefined) return [];
  if (typeof value === "string") return [{ type: "text", text: value }];
  if (!isMapping(value)) throw wrongType("systemInstruction", "an object");
  const place = { path: "systemInstruction.", index: 0, asked: { calls: [] }, unmodelled };
  return readParts(value, place);
}

/** The calls of the last answer that have no result yet. */
interface Asked {
  calls: readonly ToolCallBlock[];
}

interface Place {
  readonly path: string;
  readonly index: number;
  readonly asked: Asked;
  readonly unmodelled: Unmodelled;
}

function readParts(content: Mapping, place: Place): Block[] {
  let count = 0;
  return mappingsIn(content, "parts", `${place.path}parts`).flatMap((part, at) => {
    const path = `${place.path}parts[${at}]`;
    const call = mappingIn(part, "functionCall", `${path}.functionCall`);
    if (call !== undefined) return [readCall(call, part, `call_${place.index}_${count++}`, place)];
    return readPart(part, path, place);
  });
}

function readPart(part: Mapping, path: string, { asked, unmodelled }: Place): Block[] {
  const seal = sealOf(part, path);
  const sealed: Block[] = seal === undefined ? [] : [{ type: "reasoning", text: "", seal }];
  const text = stringIn(part, "text", `${path}.text`);
  if (text !== undefined) {
    if (part.thought === true) return [{ type: "reasoning", text, ...defined({ seal }) }];
    return text === "" && seal !== undefined ? sealed : [{ type: "text", text }, ...sealed];
  }
  const result = mappingIn(part, "functionResponse", `${path}.functionResponse`);
  if (result !== undefined) return [readResult(result, path, asked, unmodelled)];
  const media = readMedia(part, path);
  if (media !== undefined) {
    noteOthers(part, MEDIA_MEMBERS, "contents.parts.", unmodelled);
    return [media, ...sealed];
  }
  const name = Object.keys(part).find((key) => !BESIDE.has(key));
  return name === undefined ? sealed : [{ type: "native", api: "gemini", name, value: part }];
}

const BESIDE: ReadonlySet<string> = new Set(["thought", "thoughtSignature", "thought_signature"]);
const MEDIA_MEMBERS: ReadonlySet<string> = new Set([
  "fileData",
  "inlineData",
  "thought",
  "thoughtSignature",
]);

function readCall(call: Mapping, part: Mapping, fresh: string, place: Place): ToolCallBlock {
  const path = `${place.path}parts.functionCall.`;
  const name = stringIn(call, "name", `${path}name`);
  if (name === undefined) throw wrongType(`${path}name`, "a string");
  const block: ToolCallBlock = {
    type: "tool-call",
    id: stringIn(call, "id", `${path}id`) || fresh,
    name,
    input: JSON.stringify(mappingIn(call, "args", `${path}args`) ?? {}),
    ...defined({ seal: sealOf(part, path) }),
  };
  place.asked.calls = [...place.asked.calls, block];
  return block;
}

function sealOf(part: Mapping, path: string) {
  const token = stringIn(part, "thoughtSignature", `${path}.thoughtSignature`) ?? "";
  return token === "" ? undefined : readSealToken(token, "gemini");
}

function readResult(
  result: Mapping,
  path: string,
  asked: Asked,
  unmodelled: Unmodelled,
): ToolResultBlock {
  const at = `${path}.functionResponse.`;
  noteOthers(result, RESULT_MEMBERS, "contents.parts.functionResponse.", unmodelled);
  const id = stringIn(result, "id", `${at}id`) || undefined;
  const name = stringIn(result, "name", `${at}name`);
  const call = asked.calls.find((one) => one.id === id) ??
    asked.calls.find((one) => one.name === name);
  asked.calls = asked.calls.filter((one) => one !== call);
  const media = mappingsIn(result, "parts", `${at}parts`).flatMap((part, index) => {
    const block = readMedia(part, `${at}parts[${index}]`);
    return block === undefined ? [] : [block];
  });
  const { text, failed } = said(mappingIn(result, "response", `${at}response`) ?? {}, name);
  const texts: Block[] = text === undefined ? [] : [{ type: "text", text }];
  return {
    type: "tool-result",
    callId: call?.id ?? id ?? name ?? "",
    blocks: [...texts, ...media],
    ...(failed ? { failed } : {}),
  };
}

const RESULT_MEMBERS: ReadonlySet<string> = new Set(["id", "name", "parts", "response"]);

/**
 * What a function gave back: Google reads `output` and `error` in a special way, and the rest as
 * they stand (https://ai.google.dev/api/caching#FunctionResponse). Vercel's AI SDK wraps a result
 * in `name` and `content` (https://github.com/vercel/ai, `convert-to-google-messages.ts`).
 */
function said(
  response: Mapping,
  name: string | undefined,
): { readonly text?: string; readonly failed: boolean } {
  const { name: named = name, content, ...more } = response;
  if (named === name && typeof content === "string" && Object.keys(more).length === 0) {
    return { text: content, failed: false };
  }
  const [[key, value] = [], ...others] = Object.entries(response);
  if (key === undefined) return { failed: false };
  const isAlone = others.length === 0;
  if (isAlone && key === "error") return { text: textOf(value), failed: true };
  if (isAlone && key === "output") return { text: textOf(value), failed: false };
  return { text: JSON.stringify(response), failed: false };
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function resultsFirst(blocks: readonly Block[]): readonly Block[] {
  const results = blocks.filter(({ type }) => type === "tool-result");
  return [...results, ...blocks.filter(({ type }) => type !== "tool-result")];
}
