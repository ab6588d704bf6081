import { Buffer } from "node:buffer";
import { createHmac, timingSafeEqual } from "node:crypto";
import { isObject } from "../json.ts";

/** What is sealed: a provider's thoughts, hidden thoughts, encrypted items or calls. */
export type SealKind =
  | "claude-thinking"
  | "claude-redacted"
  | "openai-reasoning"
  | "gemini-call"
  | "gemini-text";

/**
 * A value that only the stand-ins can make, bound to a text.
 *
 * The key is fixed, so that every stand-in of a kind accepts what another has issued, as a
 * provider's regions do. `serial` makes two seals of one text differ, as a provider's do.
 */
export function sealOf(kind: SealKind, text: string, serial: number): string {
  const number = Buffer.alloc(4);
  number.writeUInt32BE(serial);
  return Buffer.concat([prefixes[kind], number, macOf(kind, number, text)]).toString("base64");
}

/** Whether a stand-in has issued the value for exactly that text. */
export function isSealOf(kind: SealKind, text: string, value: unknown): boolean {
  if (typeof value !== "string") return false;
  const bytes = Buffer.from(value, "base64");
  if (bytes.toString("base64") !== value) return false;
  const start = prefixes[kind].length;
  if (!bytes.subarray(0, start).equals(prefixes[kind])) return false;
  const mac = macOf(kind, bytes.subarray(start, start + 4), text);
  const given = bytes.subarray(start + 4);
  return given.length === mac.length && timingSafeEqual(given, mac);
}

/** JSON text that is the same for equal values, in whatever order their members stand. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (!isObject(value)) return JSON.stringify(value) ?? "null";
  const members = Object.keys(value).sort().map((name) =>
    `${JSON.stringify(name)}:${canonicalJson(value[name])}`
  );
  return `{${members.join(",")}}`;
}

function macOf(kind: SealKind, serial: Uint8Array, text: string): Buffer {
  return createHmac("sha256", "the stand-ins' key").update(kind).update(serial).update(text)
    .digest();
}

/** The first bytes of each provider's own values, so that a seal of one looks like no other's. */
const prefixes: Readonly<Record<SealKind, Buffer>> = {
  "claude-thinking": Buffer.from([0x12, 0xa4, 0x01]),
  "claude-redacted": Buffer.from([0x12, 0xa4, 0x02]),
  "openai-reasoning": Buffer.from([0x80, 0x00, 0x00, 0x00, 0x00, 0x68]),
  "gemini-call": Buffer.from([0x0a, 0x24, 0x01]),
  "gemini-text": Buffer.from([0x0a, 0x24, 0x02]),
};
