import { defined } from "../../lib/defined.ts";
import { isMapping } from "../../lib/mapping.ts";
import type { Converter } from "../api.ts";
import { member, nameLosses, textOf, tokensInHeader, vectorOf, writeAnswer } from "./wire.ts";

/**
 * Amazon Nova on Bedrock
 * (https://docs.aws.amazon.com/nova/latest/userguide/embeddings-schema.html).
 */
export const novaEmbeddings: Converter = {
  path: "",
  writeRequest(request, _context, losses) {
    const value = textOf(request);
    nameLosses(request, ["dimensions", "embedding_purpose", "truncation_mode"], losses);
    return {
      taskType: "SINGLE_EMBEDDING",
      singleEmbeddingParams: {
        embeddingPurpose: member(request, "embedding_purpose") ?? "GENERIC_INDEX",
        ...defined({ embeddingDimension: member(request, "dimensions") }),
        text: { truncationMode: member(request, "truncation_mode") ?? "END", value },
      },
    };
  },
  readAnswer({ embeddings }, context) {
    const found = Array.isArray(embeddings) ? embeddings : [undefined];
    const vectors = found.map((item) => vectorOf(isMapping(item) ? item.embedding : undefined));
    return writeAnswer(vectors, tokensInHeader(context.answerHeaders), context);
  },
};
