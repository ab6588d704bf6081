import { defined } from "../../lib/defined.ts";
import type { Converter, JsonObject } from "../api.ts";
import { readTask, type RerankTask, writeAnswer } from "./wire.ts";

/**
 * Amazon Bedrock's own rerank
 * (https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent-runtime_Rerank.html).
 *
 * `modelArn` is the model as it is asked for: whoever knows the region makes an ARN of a bare id.
 */
export const bedrockRerank: Converter = {
  path: "/rerank",
  writeRequest(request, { model }, losses) {
    const task = readTask(request, losses);
    const { query, texts, topN = texts.length } = task;
    return {
      queries: [{ type: "TEXT", textQuery: { text: query } }],
      sources: texts.map((text) => ({
        type: "INLINE",
        inlineDocumentSource: { type: "TEXT", textDocument: { text } },
      })),
      rerankingConfiguration: {
        type: "BEDROCK_RERANKING_MODEL",
        bedrockRerankingConfiguration: {
          modelConfiguration: {
            modelArn: model,
            ...defined({ additionalModelRequestFields: additionalFields(task) }),
          },
          // To ask for more than there are is no mistake in Cohere's API.
          numberOfResults: Math.min(topN, texts.length),
        },
      },
    };
  },
  readAnswer: ({ results }) =>
    writeAnswer(results, ({ index, relevanceScore }) => ({ index, score: relevanceScore })),
};

/** What only the model itself can judge. */
function additionalFields({ maxTokensPerDocument, others }: RerankTask): JsonObject | undefined {
  const fields = { ...others, ...defined({ max_tokens_per_doc: maxTokensPerDocument }) };
  return Object.keys(fields).length === 0 ? undefined : fields;
}
