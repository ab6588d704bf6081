import { setImmediate as nextTurn } from "node:timers/promises";

/**
 * Counts the tokens of a text, or of several as one sum, in the encoding of an OpenAI model; other
 * models count as `cl100k_base`.
 *
 * The vocabulary is loaded at the first use. Between stretches of a long text other work gets its
 * turn, so that nobody waits for the count of a megabyte.
 */
export async function countTokens(
  text: string | readonly string[],
  model: string,
): Promise<number> {
  const count = await loadEncoding(model);
  let tokens = 0, sinceTurn = 0;
  for (const whole of typeof text === "string" ? [text] : text) {
    for (const piece of pieces(whole)) {
      if (sinceTurn + piece.length > TURN_LENGTH && sinceTurn > 0) {
        await nextTurn();
        sinceTurn = 0;
      }
      tokens += count(piece);
      sinceTurn += piece.length;
    }
  }
  return tokens;
}

/** Characters that are counted in one go: half a millisecond of English, 20 ms of nonsense. */
const TURN_LENGTH = 4 * 1024;

/**
 * The longest run without a place to cut, in characters. The library's work grows with the square
 * of a run of letters; no word is that long.
 */
const RUN_LENGTH_MAX = 256;

/** More would keep rare words of long gone requests. */
const MERGE_CACHE_ENTRIES = 10_000;

/** What looks like a special token is text of the user, and counts as such. */
const ORDINARY_TEXT = { disallowedSpecial: new Set<string>() };

async function loadEncoding(model: string): Promise<(text: string) => number> {
  const { countTokens, setMergeCacheSize } = usesO200k(model)
    ? await import("gpt-tokenizer/encoding/o200k_base")
    : await import("gpt-tokenizer/encoding/cl100k_base");
  setMergeCacheSize(MERGE_CACHE_ENTRIES);
  return (text) => countTokens(text, ORDINARY_TEXT);
}

/**
 * OpenAI's models since GPT-4o, by their names; `openai/gpt-4o` and `ft:gpt-4o:x` are among them
 * (https://github.com/openai/tiktoken/blob/main/tiktoken/model.py).
 */
function usesO200k(model: string): boolean {
  const name = model.slice(model.lastIndexOf("/") + 1);
  return /^(?:ft:)?(?:gpt-(?!3|4(?![o.]))|chatgpt-|o\d|codex-|computer-use-)/.test(name);
}

/**
 * Cuts a text into pieces that are soon counted, and that count as they would together: in front of
 * white space, where a token begins anyway, and inside a run only where it is too long.
 */
export function* pieces(text: string): Generator<string> {
  let start = 0, runStart = 0;
  for (let at = 1; at < text.length; at++) {
    if (isGap(text, at)) {
      runStart = at;
      if (at - start < TURN_LENGTH) continue;
    } else if (at - runStart < RUN_LENGTH_MAX || isInsidePair(text, at)) {
      continue;
    }
    yield text.slice(start, at);
    start = runStart = at;
  }
  if (start < text.length) yield text.slice(start);
}

/** Whether white space begins here. */
function isGap(text: string, at: number): boolean {
  return isAsciiSpace(text.charCodeAt(at)) && !isSpace(text.charCodeAt(at - 1));
}

function isSpace(code: number): boolean {
  return isAsciiSpace(code) || (code > 0x7f && /\s/.test(String.fromCharCode(code)));
}

function isAsciiSpace(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d);
}

/** Whether the two halves of one character would be parted. */
function isInsidePair(text: string, at: number): boolean {
  return (text.charCodeAt(at) & 0xfc00) === 0xdc00;
}
