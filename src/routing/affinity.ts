import { CelError, type Expression, type Variables } from "../cel/expression.ts";

/**
 * What pins a request to a target: the text or the bytes that the expression gives; undefined
 * where it gives none, nothing else, or an empty text, which every request would share.
 */
export function affinityOf(source: Expression, variables: Variables): string | undefined {
  try {
    const value = source.evaluate(variables);
    const text = value instanceof Uint8Array ? value.toHex() : value;
    return typeof text === "string" && text !== "" ? text : undefined;
  } catch (cause) {
    if (cause instanceof CelError) return undefined;
    throw cause;
  }
}

/**
 * How much a name is the right one for a key, as a number of 32 bits: of several names a key keeps
 * to the one with the highest, so that a name that comes or goes moves no other name's keys.
 *
 * The same on every gateway: FNV-1a, with the last step of MurmurHash3 against its weak high bits.
 */
export function rendezvousHash(key: string, name: string): number {
  let hash = append(append(FNV_OFFSET, name) ^ 0xff, key);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

function append(hash: number, text: string): number {
  let appended = hash;
  for (let index = 0; index < text.length; index++) {
    appended = Math.imul(appended ^ text.charCodeAt(index), FNV_PRIME);
  }
  return appended;
}
