import type { Finder } from "../finder.ts";
import { isWordCode } from "./digits.ts";

/** The longest parts that RFC 5321 allows. */
const LOCAL_MAX = 64;
const DOMAIN_MAX = 255;

const AT = 64;
const DOT = 46;
const HYPHEN = 45;

/** Finds addresses of electronic mail; those that overlap are one. */
export function emailFinder(): Finder {
  let scanned = 0;
  let start = -1;
  let end = -1;
  return {
    advance({ text, base, isEnd }, found) {
      const decided = base + (isEnd ? text.length : openFrom(text));
      while (scanned < decided) {
        const at = text.indexOf("@", scanned - base);
        if (at < 0 || base + at >= decided) break;
        scanned = base + at + 1;
        const addressStart = base + localStart(text, at);
        const addressEnd = base + domainEnd(text, at + 1);
        if (addressStart === base + at || addressEnd === scanned) continue;
        if (start >= 0 && addressStart >= end) {
          found(start, end);
          start = -1;
        }
        start = start < 0 ? addressStart : Math.min(start, addressStart);
        end = addressEnd;
      }
      scanned = Math.max(scanned, decided);
      if (start >= 0 && decided >= end) {
        found(start, end);
        start = -1;
      }
      return start >= 0 ? Math.min(start, decided) : decided;
    },
  };
}

/** The first index from which on an address may go on into what has not come yet. */
function openFrom(text: string): number {
  const earliest = Math.max(0, text.length - DOMAIN_MAX - 1);
  let index = text.length;
  while (index > earliest && isDomainCode(text.charCodeAt(index - 1))) index--;
  if (text.charCodeAt(index - 1) === AT) {
    const local = localStart(text, index - 1);
    if (local < index - 1) return local;
  }
  return localStart(text, text.length);
}

/** Where the part before an `@` begins; at its end where there is none. */
function localStart(text: string, end: number): number {
  const earliest = Math.max(0, end - LOCAL_MAX);
  let index = end;
  while (index > earliest && isLocalCode(text.charCodeAt(index - 1))) index--;
  while (index < end && !isLetterCode(text.charCodeAt(index))) index++;
  return index;
}

/** Where the domain ends that begins at an index; there again where none does. */
function domainEnd(text: string, begin: number): number {
  const limit = Math.min(text.length, begin + DOMAIN_MAX);
  let end = begin;
  let label = begin;
  for (let index = begin; index <= limit; index++) {
    const code = index < limit ? text.charCodeAt(index) : DOT;
    const isBreak = !isDomainCode(code) || (index > label && isWideChange(text, index));
    if (!isBreak && code !== DOT) continue;
    if (index === label) break;
    if (label > begin && isTopLevel(text, label, index)) end = trimmed(text, label, index);
    if (isBreak || index === limit) break;
    label = index + 1;
  }
  return end;
}

/** Two characters and more, of which the first is a letter: no version number, no address. */
function isTopLevel(text: string, begin: number, end: number): boolean {
  const code = text.charCodeAt(begin);
  return trimmed(text, begin, end) - begin >= 2 && isLetterCode(code) &&
    !(code <= 57 || code === 95);
}

function trimmed(text: string, begin: number, end: number): number {
  let index = end;
  while (index > begin && text.charCodeAt(index - 1) === HYPHEN) index--;
  return index;
}

/** In scripts without spaces between words, text may follow an address without a space. */
function isWideChange(text: string, index: number): boolean {
  return isWideCode(text.charCodeAt(index)) && !isWideCode(text.charCodeAt(index - 1));
}

function isDomainCode(code: number): boolean {
  return code === DOT || code === HYPHEN || isLetterCode(code) || isWideCode(code);
}

const LOCAL_SIGNS = "!#$%&'*+-./=?^`{|}~";

function isLocalCode(code: number): boolean {
  return isLetterCode(code) || (code < 128 && LOCAL_SIGNS.includes(String.fromCharCode(code)));
}

/** Letters, digits and `_`, of scripts that part words by spaces. */
function isLetterCode(code: number): boolean {
  if (code < 128) return isWordCode(code);
  return /[\p{L}\p{M}\p{N}]/u.test(String.fromCharCode(code)) && !isWideCode(code);
}

/** Letters of scripts that do not. */
function isWideCode(code: number): boolean {
  return code > 0xdff && WIDE.test(String.fromCharCode(code));
}

const WIDE = new RegExp(
  `[${
    ["Han", "Hiragana", "Katakana", "Bopomofo", "Thai", "Lao", "Khmer", "Myanmar", "Tibetan"]
      .map((script) => `\\p{Script=${script}}`).join("")
  }]`,
  "u",
);
