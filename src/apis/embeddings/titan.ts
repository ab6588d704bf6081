import { defined } from "../../lib/defined.ts";
import { isMapping } from "../../lib/mapping.ts";
import type { Converter, JsonObject } from "../api.ts";
import { member, nameLosses, textOf, tokensInHeader, vectorOf, writeAnswer } from "./wire.ts";

/**
 * Amazon Titan on Bedrock
 * (https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html).
 *
 * Floats are asked for in any case, by saying nothing: older models refuse `embeddingTypes`, and
 * its `binary` would be one bit a number, which is not what `encoding_format: base64` means.
 */
export const titanEmbeddings: Converter = {
  path: "",
  writeRequest(request, { model }, losses) {
    const inputText = textOf(request);
    if (model.includes("embed-image")) {
      nameLosses(request, ["dimensions"], losses);
      return { inputText, ...imageModelConfig(member(request, "dimensions")) };
    }
    nameLosses(request, ["dimensions", "normalize"], losses);
    return {
      inputText,
      ...defined({
        dimensions: member(request, "dimensions"),
        normalize: member(request, "normalize"),
      }),
    };
  },
  readAnswer(answer, context) {
    const byType = isMapping(answer.embeddingsByType) ? answer.embeddingsByType : {};
    const vector = vectorOf(answer.embedding ?? byType.float);
    const tokens = typeof answer.inputTextTokenCount === "number"
      ? answer.inputTextTokenCount
      : tokensInHeader(context.answerHeaders);
    return writeAnswer([vector], tokens, context);
  },
};

/** https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-mm.html */
function imageModelConfig(dimensions: unknown): JsonObject {
  if (dimensions === undefined) return {};
  return { embeddingConfig: { outputEmbeddingLength: dimensions } };
}
