import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import type { JsonObject } from "../../json.ts";

/** The answer to a well-formed request for embeddings; equal inputs get equal vectors. */
export function embeddingsOf(body: JsonObject): JsonObject {
  const { input, model, dimensions = 1536, encoding_format: encoding } = body;
  const isOne = typeof input === "string" ||
    (Array.isArray(input) && typeof input[0] === "number");
  const inputs: readonly unknown[] = isOne ? [input] : Array.isArray(input) ? input : [];
  const tokens = inputs.reduce<number>((sum, one) => sum + tokensIn(one), 0);
  return {
    object: "list",
    data: inputs.map((one, index) => {
      const vector = vectorOf(one, Number(dimensions));
      const embedding = encoding === "base64"
        ? Buffer.from(vector.buffer).toString("base64")
        : [...vector];
      return { object: "embedding", index, embedding };
    }),
    model,
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  };
}

function tokensIn(input: unknown): number {
  if (Array.isArray(input)) return input.length;
  return String(input).split(/\s+/).length;
}

function vectorOf(input: unknown, dimensions: number): Float32Array {
  const seed = createHash("sha256").update(JSON.stringify(input)).digest();
  const raw = Array.from({ length: dimensions }, (_, index) => (seed[index % 32] ?? 0) - 127.5);
  const length = Math.hypot(...raw);
  return Float32Array.from(raw, (value) => value / length);
}
