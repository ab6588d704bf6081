import { createHash } from "node:crypto";

/**
 * An id within the API's limit: a longer one is replaced by its beginning and a hash, the same
 * wherever it stands. OpenAI refuses ids of more than 64 characters
 * (https://github.com/AnswerDotAI/fastllm/issues/45).
 */
export function shortId(id: string): string {
  if (id.length <= ID_LENGTH_MAX) return id;
  const hash = createHash("sha256").update(id).digest("hex").slice(0, HASH_LENGTH);
  return `${id.slice(0, ID_LENGTH_MAX - HASH_LENGTH - 1)}_${hash}`;
}

const ID_LENGTH_MAX = 64;
const HASH_LENGTH = 40;
