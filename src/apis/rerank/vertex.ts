import { defined } from "../../lib/defined.ts";
import type { Converter } from "../api.ts";
import { readTask, writeAnswer } from "./wire.ts";

/**
 * The ranking API of Google's Discovery Engine
 * (https://cloud.google.com/generative-ai-app-builder/docs/ranking).
 */
export const vertexRank: Converter = {
  path: "",
  writeRequest(request, { model }, losses) {
    const task = readTask(request, losses);
    const { query, texts, topN, returnDocuments, maxTokensPerDocument, others } = task;
    if (maxTokensPerDocument !== undefined) losses.droppedField("max_tokens_per_doc");
    for (const name of Object.keys(others)) losses.droppedField(name);
    return {
      model,
      query,
      // A record's id is all that the answer is sure to repeat.
      records: texts.map((content, index) => ({ id: `${index}`, content })),
      ...defined({ topN }),
      ignoreRecordDetailsInResponse: !returnDocuments,
    };
  },
  readAnswer: ({ records }) =>
    writeAnswer(records, ({ id, score }) => ({
      index: typeof id === "string" && /^\d+$/.test(id) ? Number(id) : undefined,
      score: score ?? 1,
    })),
};
