import { defined } from "../../lib/defined.ts";
import { isMapping } from "../../lib/mapping.ts";
import type { Converter } from "../api.ts";
import { member, nameLosses, textsOf, tokensInHeader, vectorOf, writeAnswer } from "./wire.ts";

/**
 * Cohere on Bedrock
 * (https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-embed.html).
 */
export const cohereEmbeddings: Converter = {
  path: "",
  writeRequest(request, { model }, losses) {
    const texts = textsOf(request);
    // The models of version 3 have one dimension each.
    const sized = model.includes("embed-v4");
    nameLosses(request, ["input_type", "truncate", ...(sized ? ["dimensions"] : [])], losses);
    return {
      texts,
      input_type: member(request, "input_type") ?? "search_query",
      ...defined({
        truncate: member(request, "truncate"),
        output_dimension: sized ? member(request, "dimensions") : undefined,
      }),
    };
  },
  readAnswer({ embeddings }, context) {
    // A list, or lists by type where types were asked for or are the model's default.
    const found = isMapping(embeddings) ? embeddings.float : embeddings;
    const vectors = Array.isArray(found) ? found.map(vectorOf) : [vectorOf(undefined)];
    return writeAnswer(vectors, tokensInHeader(context.answerHeaders), context);
  },
};
