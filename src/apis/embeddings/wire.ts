import { Buffer } from "node:buffer";
import type { Losses } from "../../chat/losses.ts";
import { GatewayError } from "../../errors.ts";
import type { AnsweredContext, JsonObject, TaskContext } from "../api.ts";

/** The texts to embed; throws where the input is not text, as tokens mean nothing to others. */
export function textsOf({ input }: JsonObject): readonly string[] {
  if (typeof input === "string") return [input];
  if (input === undefined || input === null) throw refusal("input", "missing field: input");
  const isTexts = Array.isArray(input) && input.length > 0 &&
    input.every((text) => typeof text === "string");
  if (isTexts) return input;
  throw refusal("input", "this model takes a string or a list of strings as input, and no tokens");
}

/** The text to embed, for models that take one at a time. */
export function textOf({ input }: JsonObject): string {
  if (typeof input === "string") return input;
  if (input === undefined || input === null) throw refusal("input", "missing field: input");
  throw refusal("input", "this model embeds one text at a time: input must be a string");
}

/**
 * Names what a provider's format has no room for. `carried` are the members that it has; the model
 * is in the path, and the encoding of the answer is made here.
 */
export function nameLosses(
  request: JsonObject,
  carried: readonly string[],
  losses: Losses,
): void {
  checkEncoding(request);
  const kept = ["model", "input", "encoding_format", ...carried];
  for (const [name, value] of Object.entries(request)) {
    if (value !== null && value !== undefined && !kept.includes(name)) losses.droppedField(name);
  }
}

/** A member of a request; `null` is as good as none. */
export function member(request: JsonObject, name: string): unknown {
  return request[name] ?? undefined;
}

/** A list of numbers out of an answer, where there must be one. */
export function vectorOf(value: unknown): readonly number[] {
  const isVector = Array.isArray(value) && value.every((number) => typeof number === "number");
  if (isVector) return value;
  throw new GatewayError("upstream-invalid", "the provider's answer has no list of embeddings");
}

/** The answer in OpenAI's words; vectors stand in the order of the texts. */
export function writeAnswer(
  vectors: readonly (readonly number[])[],
  tokens: number,
  { request, model }: TaskContext & AnsweredContext,
): JsonObject {
  const encode = request.encoding_format === "base64" ? base64Of : asTheyAre;
  return {
    object: "list",
    data: vectors.map((vector, index) => ({
      object: "embedding",
      index,
      embedding: encode(vector),
    })),
    model,
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  };
}

/** Tokens of the input as Bedrock counts them for models whose answers do not say. */
export function tokensInHeader(headers: Headers): number {
  const value = headers.get("x-amzn-bedrock-input-token-count") ?? "";
  return /^\d+$/.test(value) ? Number(value) : 0;
}

function asTheyAre(vector: readonly number[]): readonly number[] {
  return vector;
}

/** 32-bit floats, lowest byte first, as OpenAI encodes them and its SDKs decode them. */
function base64Of(vector: readonly number[]): string {
  const bytes = new DataView(new ArrayBuffer(vector.length * 4));
  vector.forEach((number, index) => bytes.setFloat32(index * 4, number, true));
  return Buffer.from(bytes.buffer).toString("base64");
}

function checkEncoding(request: JsonObject): void {
  const encoding = member(request, "encoding_format");
  if (encoding === undefined || encoding === "float" || encoding === "base64") return;
  throw refusal("encoding_format", "invalid field: encoding_format must be float or base64");
}

function refusal(param: string, message: string): GatewayError {
  return new GatewayError("invalid-request", message, { param });
}
