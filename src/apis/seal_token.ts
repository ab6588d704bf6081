import { Buffer } from "node:buffer";
import type { ChatApiName } from "../chat/api_name.ts";
import type { Seal } from "../chat/block.ts";
import { defined } from "../lib/defined.ts";
import { isMapping } from "../lib/mapping.ts";

/**
 * A seal as the one opaque string that a client's API has room for.
 *
 * The client's own API gets the value as it is. That of another API is wrapped, so that it can be
 * told apart when the client sends it back; the wrapping is standard base64, since some SDKs decode
 * the field. An envelope begins with `eyJhZ3ci`, the base64 of `{"agw`.
 */
export function writeSealToken(seal: Seal, client: ChatApiName): string {
  if (seal.api === client) return seal.value;
  const { api, value, id, redacted } = seal;
  const envelope = { agw: 1, api, value, ...defined({ id, redacted }) };
  return Buffer.from(JSON.stringify(envelope)).toString("base64");
}

/** The seal that such a string stands for; one without an envelope is the client's own. */
export function readSealToken(token: string, client: ChatApiName): Seal {
  return unwrapped(token) ?? { api: client, value: token };
}

/** Stands for no seal where a client would not send reasoning back that has none. */
export const NO_SEAL: Seal = { api: "completions", value: "" };

/** Whether a seal only stands for none. */
export function isNoSeal({ api, value }: Seal): boolean {
  return api === NO_SEAL.api && value === NO_SEAL.value;
}

const ENVELOPE = "eyJhZ3ci";

/** Whether a client's token is the seal of another API. */
export function isSealEnvelope(token: string): boolean {
  return unwrapped(token) !== undefined;
}

/** Whether a text can hold what `writeSealToken` or `writeSealedId` wrote; a cheap look. */
export function mayHoldSeals(text: string): boolean {
  return text.includes(ENVELOPE) || text.includes(SEPARATOR);
}

function unwrapped(token: string): Seal | undefined {
  if (!token.startsWith(ENVELOPE)) return undefined;
  try {
    const content: unknown = JSON.parse(Buffer.from(token, "base64").toString());
    if (!isMapping(content) || typeof content.value !== "string") return undefined;
    const api = CHAT_APIS.find((name) => name === content.api);
    if (api === undefined) return undefined;
    return {
      api,
      value: content.value,
      ...defined({
        id: typeof content.id === "string" ? content.id : undefined,
        redacted: content.redacted === true ? true : undefined,
      }),
    };
  } catch {
    return undefined;
  }
}

const CHAT_APIS: readonly ChatApiName[] = [
  "completions",
  "messages",
  "responses",
  "gemini",
  "converse",
];

/**
 * A tool call's id with the seal of the call behind it, for APIs that have no other room; a client
 * that sends the call back sends it along. Only the `gemini` API seals calls.
 */
export function writeSealedId(id: string, seal: Seal | undefined): string {
  return seal === undefined ? id : `${id}${SEPARATOR}${seal.value}`;
}

/** The id and the seal that `writeSealedId` joined. */
export function readSealedId(id: string): { readonly id: string; readonly seal?: Seal } {
  const at = id.indexOf(SEPARATOR);
  if (at < 0) return { id };
  return { id: id.slice(0, at), seal: { api: "gemini", value: id.slice(at + SEPARATOR.length) } };
}

const SEPARATOR = "__thought__";
