import { boolean, broken, list, members, number, object, type Shape, text } from "../shapes.ts";
import { isBase64 } from "../wire.ts";

/** Takes one of some numbers. */
function oneOf(...allowed: readonly number[]): Shape {
  return (value, place) =>
    number({ integer: true })(value, place) ??
      (allowed.includes(Number(value))
        ? undefined
        : broken(place.path, `must be one of ${allowed.join(", ")}`, value));
}

const base64: Shape = (value, { path }) =>
  isBase64(value) ? undefined : broken(path, "must be base64", value);

/** The body for Titan Text Embeddings V2. */
export const titanShape = members({
  "inputText!": text({ min: 1, max: 50_000 }),
  dimensions: oneOf(256, 512, 1024),
  normalize: boolean,
  embeddingTypes: list(text({ among: ["float", "binary"] }), { min: 1 }),
});

/** The body for Titan Multimodal Embeddings. */
export const titanImageShape = members({
  inputText: text({ min: 1 }),
  inputImage: base64,
  embeddingConfig: members({ "outputEmbeddingLength!": oneOf(256, 384, 1024) }),
});

const inputTypes = ["search_document", "search_query", "classification", "clustering", "image"];

/** The body for Cohere's models; only those of version 4 have a choice of dimensions. */
export function cohereShape(version: "v3" | "v4"): Shape {
  return members({
    "texts!": list(text({ min: 1, max: 2048 }), { min: 1, max: 96 }),
    "input_type!": text({ among: inputTypes }),
    truncate: text({ among: ["NONE", "START", "END", "LEFT", "RIGHT"] }),
    embedding_types: list(text({ among: ["float", "int8", "uint8", "binary", "ubinary"] })),
    ...(version === "v4" && {
      output_dimension: oneOf(256, 512, 1024, 1536),
      max_tokens: number({ integer: true, min: 1, max: 128_000 }),
    }),
  });
}

/** The body for Nova Multimodal Embeddings, of one text. */
export const novaShape = members({
  schemaVersion: text({ among: ["nova-multimodal-embed-v1"] }),
  "taskType!": text({ among: ["SINGLE_EMBEDDING"] }),
  "singleEmbeddingParams!": members({
    "embeddingPurpose!": text({
      among: [
        "GENERIC_INDEX",
        "GENERIC_RETRIEVAL",
        "TEXT_RETRIEVAL",
        "CLASSIFICATION",
        "CLUSTERING",
      ],
    }),
    embeddingDimension: oneOf(256, 384, 1024, 3072),
    "text!": members({
      "truncationMode!": text({ among: ["START", "END", "NONE"] }),
      "value!": text({ min: 1, max: 8192 }),
    }),
  }),
});

/** The body of a request to rerank. */
export const rerankShape = members({
  "queries!": list(
    members({
      "type!": text({ among: ["TEXT"] }),
      "textQuery!": members({ "text!": text({ min: 1, max: 32_000 }) }),
    }),
    { min: 1, max: 1 },
  ),
  "sources!": list(
    members({
      "type!": text({ among: ["INLINE"] }),
      "inlineDocumentSource!": members({
        "type!": text({ among: ["TEXT"] }),
        "textDocument!": members({ "text!": text({ min: 1, max: 32_000 }) }),
      }),
    }),
    { min: 1, max: 1000 },
  ),
  "rerankingConfiguration!": members({
    "type!": text({ among: ["BEDROCK_RERANKING_MODEL"] }),
    "bedrockRerankingConfiguration!": members({
      "modelConfiguration!": members({
        "modelArn!": text({ pattern: /^arn:aws:bedrock:[a-z0-9-]+::foundation-model\/[\w.:-]+$/ }),
        additionalModelRequestFields: object,
      }),
      numberOfResults: number({ integer: true, min: 1, max: 1000 }),
    }),
  }),
  nextToken: text({ min: 1 }),
});
