import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { CelError } from "../expression.ts";
import { type Frame, spend, spendOnMaking } from "../engine/frame.ts";
import { adopt, type CelMap, keysOf, memberOf } from "../engine/kinds.ts";
import { plainMember } from "../engine/plain.ts";
import {
  any,
  bytes,
  type FunctionTable,
  map,
  type Overload,
  text,
  unary,
} from "../engine/signature.ts";
import { decodeUtf8 } from "./conversions.ts";

/** Texts that stand for other data. */
export const encodings: FunctionTable = {
  functions: {
    json: [unary(text, parseJson), unary(bytes, parseOnce)],
    toJson: [unary(any, (value, frame) => JSON.stringify(plainMember(value, frame)))],
    unvalidatedJwtPayload: [unary(text, jwtPayload)],
    "base64.encode": ofOctets((given, frame) => {
      spendOnMaking(frame, given.length);
      return given.toString("base64");
    }),
    "base64.decode": [unary(text, decodeBase64)],
    "url.encode": [unary(text, encodeUrl)],
    "url.decode": [unary(text, decodeUrl)],
    "form.encode": [unary(map, encodeForm)],
    "form.decode": [unary(text, decodeForm)],
    "sha1.encode": digest("sha1"),
    "sha256.encode": digest("sha256"),
    "md5.encode": digest("md5"),
  },
  methods: {},
};

function parseJson(given: string, frame: Frame): unknown {
  spend(frame, given.length >> 4);
  try {
    return JSON.parse(given);
  } catch {
    // The cause would quote the text.
    throw new CelError("the text is no JSON");
  }
}

function parseOnce(given: Uint8Array, frame: Frame): unknown {
  const value = frame.parsed.get(given) ?? parseJson(decodeUtf8(given), frame);
  frame.parsed.set(given, value);
  return value;
}

/** What a token claims, unverified; the scheme of an `authorization` header may stand before it. */
function jwtPayload(given: string, frame: Frame): unknown {
  const parts = given.replace(/^Bearer /i, "").trim().split(".");
  const [, payload] = parts;
  if (parts.length !== 3 || payload === undefined) throw new CelError("the text is no JWT");
  return parseJson(decodeUtf8(decodeBase64(payload, frame)), frame);
}

function digest(algorithm: "sha1" | "sha256" | "md5"): readonly Overload[] {
  return ofOctets((given, frame) => {
    spend(frame, given.length >> 4);
    return createHash(algorithm).update(given).digest("hex");
  });
}

/** A function of bytes, or of a text's bytes in UTF-8. */
function ofOctets(call: (given: Buffer, frame: Frame) => string): readonly Overload[] {
  return [
    unary(text, (given, frame) => call(Buffer.from(given, "utf8"), frame)),
    unary(bytes, (given, frame) => {
      return call(Buffer.from(given.buffer, given.byteOffset, given.byteLength), frame);
    }),
  ];
}

/** Reads Base64 of both alphabets, with and without its padding. */
function decodeBase64(given: string, frame: Frame): Uint8Array {
  spend(frame, given.length >> 3);
  const standard = given.replaceAll("-", "+").replaceAll("_", "/").replace(/={0,2}$/, "");
  if (!/^[A-Za-z0-9+/]*$/.test(standard) || standard.length % 4 === 1) {
    throw new CelError("the text is no Base64");
  }
  return new Uint8Array(Buffer.from(standard, "base64"));
}

/** Halves of surrogate pairs, which have no UTF-8, are replaced as in every other encoding. */
function encodeUrl(given: string, frame: Frame): string {
  spend(frame, given.length >> 2);
  return encodeURIComponent(given.toWellFormed());
}

function decodeUrl(given: string, frame: Frame): string {
  spend(frame, given.length >> 2);
  try {
    return decodeURIComponent(given);
  } catch {
    throw new CelError("the text is not percent-encoded");
  }
}

/** Sorted by key; a list is its key several times. */
function encodeForm(given: CelMap, frame: Frame): string {
  const form = new URLSearchParams();
  for (const key of keysOf(given).map(String).sort()) {
    const value = memberOf(given, key);
    for (const item of Array.isArray(value) ? value : [value]) {
      const shown = formText(adopt(item));
      spend(frame, 1 + (shown.length >> 1));
      form.append(key, shown);
    }
  }
  return form.toString();
}

function formText(value: unknown): string {
  const isScalar = typeof value === "number" || typeof value === "bigint" ||
    typeof value === "boolean";
  const shown = isScalar ? String(value) : text(value);
  if (shown === undefined) {
    throw new CelError("form.encode() takes texts, numbers and lists of them");
  }
  return shown;
}

/** A key that stands several times has a list. */
function decodeForm(given: string, frame: Frame): ReadonlyMap<string, unknown> {
  const form = new URLSearchParams(given);
  const keys = [...new Set(form.keys())];
  spend(frame, given.length >> 1);
  const values = new Map<string, string[]>(keys.map((key) => [key, []]));
  for (const [key, value] of form) values.get(key)?.push(value);
  return new Map([...values].map(([key, all]) => [key, all.length === 1 ? all[0] : all]));
}
