import { quote } from "../../lib/quote.ts";
import { type ChatRequest, isAfterTool, lastUserText, type Message } from "./request.ts";
import { countTokens, tokens } from "./tokens.ts";

/**
 * The answer to a request that no script answers: what was received, then filler up to a length.
 *
 * It depends on nothing but model, messages, choice and length, so it is the same everywhere.
 */
export function defaultText(request: ChatRequest, choice: number, lengthTokens: number): string {
  const report = describe(request);
  const missing = lengthTokens - countTokens(report);
  if (missing <= 0) return tokens(report).slice(0, lengthTokens).join("");
  return report + filler(missing, seedOf(request, choice));
}

/** One or two sentences that say what a request brought. */
export function describe(request: ChatRequest): string {
  const count = request.messages.length;
  const received = `This is the mock provider, answering as model ${quote(request.model)}. ` +
    `It received ${count === 1 ? "1 message" : `${count} messages`}`;
  if (isAfterTool(request)) return `${received}; ${describeResults(request)}.`;
  const text = lastUserText(request);
  return text === ""
    ? `${received}, none of them with text from the user.`
    : `${received}; the last one from the user is: ${quote(text)}.`;
}

/** The messages after the last one of the assistant: the results of the tools it called. */
export function toolResults(request: ChatRequest): readonly Message[] {
  const last = request.messages.findLastIndex(({ role }) => role !== "tool");
  return request.messages.slice(last + 1);
}

function describeResults(request: ChatRequest): string {
  const calls = request.messages.flatMap(({ toolCalls }) => toolCalls);
  return toolResults(request).map(({ toolCallId, text }) => {
    const name = calls.findLast(({ id }) => id === toolCallId)?.name ?? toolCallId;
    return `tool ${quote(name)} returned ${quote(text)}`;
  }).join(" and ");
}

/** Sentences with exactly as many tokens as wanted, each word and full stop being one. */
function filler(lengthTokens: number, seed: number): string {
  let text = "";
  let state = seed;
  for (let left = lengthTokens; left > 0;) {
    const words = left <= SENTENCE_WORDS_MAX + 1 ? left - 1 : SENTENCE_WORDS;
    for (let index = 0; index < words; index++) {
      state = Math.imul(state, 1664525) + 1013904223 >>> 0;
      const word = WORDS[(state >>> 16) % WORDS.length] ?? "";
      text += index === 0 ? ` ${word.charAt(0).toUpperCase()}${word.slice(1)}` : ` ${word}`;
    }
    text += ".";
    left -= words + 1;
  }
  return text;
}

const SENTENCE_WORDS = 9;

/** A last sentence may be longer, so that none is left with a full stop only. */
const SENTENCE_WORDS_MAX = 12;

/** FNV-1a over what the answer depends on. */
function seedOf(request: ChatRequest, choice: number): number {
  const source = `${request.model}\n${
    lastUserText(request)
  }\n${request.messages.length}\n${choice}`;
  let hash = 0x811c9dc5;
  for (let at = 0; at < source.length; at++) {
    hash = Math.imul(hash ^ source.charCodeAt(at), 0x01000193);
  }
  return hash >>> 0;
}

const WORDS = (
  "amber anchor autumn basket beacon birch bridge candle canyon cedar cloud clover cobalt " +
  "comet copper coral cotton crystal dawn delta ember falcon feather fern field forest garden " +
  "glacier granite harbor hazel hollow island ivory jasmine juniper lantern lark linen lotus " +
  "maple marble meadow mist moss mountain north oak ocean olive orchard pebble pine prairie " +
  "quartz rain raven reef river saffron sage shore silver spruce summer thistle timber valley " +
  "velvet willow winter"
).split(" ");
