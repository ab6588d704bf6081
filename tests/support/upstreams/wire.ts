import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { at, isObject, type JsonObject } from "../json.ts";
import type { Call, Frame, Reply } from "./stand_in.ts";

/** An id that looks like a provider's; equal requests in equal places get equal ones. */
export function idFor(call: Call, prefix: string, length = 24, index = 0): string {
  const hash = createHash("sha512").update(`${prefix} ${call.serial} ${index} `)
    .update(call.request.body).digest();
  return prefix + [...hash.subarray(0, length)].map((byte) => alphabet[byte % 62]).join("");
}

/** The same in the hexadecimal form that request ids of clouds have. */
export function uuidFor(call: Call): string {
  const hex = createHash("sha256").update(`uuid ${call.serial} `).update(call.request.body)
    .digest("hex");
  const parts = [[0, 8], [8, 12], [12, 16], [16, 20], [20, 32]];
  return parts.map(([from, to]) => hex.slice(from, to)).join("-");
}

/** A JSON answer. */
export function jsonReply(
  status: number,
  headers: Readonly<Record<string, string>>,
  body: unknown,
): Reply {
  const type = { "content-type": "application/json" };
  return { status, headers: { ...type, ...headers }, body: JSON.stringify(body) };
}

/** A server-sent event. */
export function sseFrame(data: JsonObject, isContent: boolean, event?: string): Frame {
  const name = event === undefined ? "" : `event: ${event}\n`;
  return { bytes: Buffer.from(`${name}data: ${JSON.stringify(data)}\n\n`), isContent };
}

/** Whether a text is base64 of at least one byte, padding and all. */
export function isBase64(value: unknown): boolean {
  return typeof value === "string" && value !== "" && value.length % 4 === 0 &&
    /^[A-Za-z0-9+/]+={0,2}$/.test(value);
}

/** The objects of an array, with their places in it. */
export function objectsIn(value: unknown): [number, JsonObject][] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((element: unknown, index): [number, JsonObject][] =>
    isObject(element) ? [[index, element]] : []
  );
}

/** A member that is text. */
export function textAt(value: unknown, ...path: (string | number)[]): string {
  const found = at(value, ...path);
  return typeof found === "string" ? found : "";
}

/** The members that are there, without the `undefined` ones. */
export function present(values: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
