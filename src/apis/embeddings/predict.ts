import { defined } from "../../lib/defined.ts";
import { isMapping } from "../../lib/mapping.ts";
import type { Converter } from "../api.ts";
import { member, nameLosses, textsOf, vectorOf, writeAnswer } from "./wire.ts";

/**
 * Google's text embeddings, as Vertex AI predicts them
 * (https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api).
 */
export const predict: Converter = {
  path: "",
  writeRequest(request, _context, losses) {
    const texts = textsOf(request);
    nameLosses(request, ["dimensions", "task_type", "title", "auto_truncate"], losses);
    const parameters = defined({
      autoTruncate: member(request, "auto_truncate"),
      outputDimensionality: member(request, "dimensions"),
    });
    return {
      instances: texts.map((content) => ({
        content,
        task_type: member(request, "task_type") ?? "RETRIEVAL_QUERY",
        ...defined({ title: member(request, "title") }),
      })),
      ...(Object.keys(parameters).length === 0 ? {} : { parameters }),
    };
  },
  readAnswer(answer, context) {
    const predictions = Array.isArray(answer.predictions) ? answer.predictions : [undefined];
    const found = predictions.map((prediction) =>
      isMapping(prediction) && isMapping(prediction.embeddings) ? prediction.embeddings : {}
    );
    const tokens = found.reduce((sum, { statistics }) => sum + tokenCount(statistics), 0);
    return writeAnswer(found.map(({ values }) => vectorOf(values)), tokens, context);
  },
};

function tokenCount(statistics: unknown): number {
  if (!isMapping(statistics)) return 0;
  return typeof statistics.token_count === "number" ? statistics.token_count : 0;
}
