import { at, isObject, type JsonObject } from "../../json.ts";
import { faultReply, refusal, standardHeaders } from "../converse/errors.ts";
import { rejectSignature, testCredentials } from "../converse/signature.ts";
import { checkShape, type Flaw, pathText } from "../shapes.ts";
import { type Call, type Reply, StandIn } from "../stand_in.ts";
import { jsonReply, objectsIn, textAt } from "../wire.ts";
import {
  cohereShape,
  novaShape,
  rerankShape,
  titanImageShape,
  titanShape,
} from "./bedrock_shapes.ts";
import { rank, tokensOf, vectorOf } from "./vectors.ts";

/**
 * A strict stand-in of what Bedrock does besides chats: InvokeModel of the models that embed, and
 * Rerank. Every request must be signed with `testCredentials`.
 *
 * See https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters.html and
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent-runtime_Rerank.html.
 */
export const BedrockTasksUpstream = {
  start: (): Promise<StandIn> => StandIn.start({ receive, fault: faultReply }, {}),
} as const;

async function receive(call: Call): Promise<Reply> {
  const rejection = await rejectSignature(call, testCredentials);
  if (rejection !== undefined) return faultReply({ status: 403, ...rejection }, call);
  if (call.method !== "POST" || !isObject(call.body)) {
    return refusal("Unable to parse the request body.", call, "SerializationException");
  }
  if (call.path === "/rerank") return rerank(call, call.body);
  const [, model] = /^\/model\/([^/]+)\/invoke$/.exec(call.path) ?? [];
  const family = model === undefined ? undefined : familyOf(decodeURIComponent(model));
  if (family === undefined) return faultReply({ status: 404 }, call);
  const { flaw } = checkShape(family.shape, call.body);
  if (flaw !== undefined) return refusal(malformed(flaw), call);
  const { body, tokens } = family.answer(call.body);
  const counted = { "x-amzn-bedrock-input-token-count": String(tokens) };
  return jsonReply(200, { ...standardHeaders(call), ...counted }, body);
}

interface Embedded {
  readonly body: JsonObject;
  readonly tokens: number;
}

function familyOf(model: string) {
  if (model.startsWith("amazon.titan-embed-image")) {
    return { shape: titanImageShape, answer: titanImage };
  }
  if (model.startsWith("amazon.titan-embed-text-v2")) return { shape: titanShape, answer: titan };
  if (model.startsWith("cohere.embed-v4")) return { shape: cohereShape("v4"), answer: cohereTyped };
  if (model.startsWith("cohere.embed-")) return { shape: cohereShape("v3"), answer: cohere };
  if (model.startsWith("amazon.nova-2")) return { shape: novaShape, answer: nova };
}

function titan(body: JsonObject): Embedded {
  const text = textAt(body, "inputText"), tokens = tokensOf(text);
  const embedding = vectorOf(text, Number(body.dimensions ?? 1024));
  return {
    body: { embedding, embeddingsByType: { float: embedding }, inputTextTokenCount: tokens },
    tokens,
  };
}

function titanImage(body: JsonObject): Embedded {
  const text = textAt(body, "inputText"), tokens = tokensOf(text);
  const length = at(body, "embeddingConfig", "outputEmbeddingLength") ?? 1024;
  return {
    body: { embedding: vectorOf(text, Number(length)), inputTextTokenCount: tokens, message: null },
    tokens,
  };
}

/** Without types asked for, the floats are a plain list. */
function cohere(body: JsonObject): Embedded {
  const texts = Array.isArray(body.texts) ? body.texts.map(String) : [];
  return {
    body: {
      id: "5f6a7b8c-0000-4000-8000-000000000001",
      response_type: "embeddings_floats",
      embeddings: texts.map((text) => vectorOf(text, Number(body.output_dimension ?? 1024))),
      texts,
    },
    tokens: texts.reduce((sum, text) => sum + tokensOf(text), 0),
  };
}

function cohereTyped(body: JsonObject): Embedded {
  const { body: { embeddings, ...rest }, tokens } = cohere(body);
  return {
    body: { ...rest, response_type: "embeddings_by_type", embeddings: { float: embeddings } },
    tokens,
  };
}

function nova(body: JsonObject): Embedded {
  const params = at(body, "singleEmbeddingParams");
  const text = textAt(params, "text", "value");
  const embedding = vectorOf(text, Number(at(params, "embeddingDimension") ?? 3072));
  return { body: { embeddings: [{ embeddingType: "TEXT", embedding }] }, tokens: tokensOf(text) };
}

function rerank(call: Call, body: JsonObject): Reply {
  const { flaw } = checkShape(rerankShape, body);
  if (flaw !== undefined) return refusal(malformed(flaw), call);
  const texts = objectsIn(body.sources).map(([, source]) =>
    textAt(source, "inlineDocumentSource", "textDocument", "text")
  );
  const configuration = at(body, "rerankingConfiguration", "bedrockRerankingConfiguration");
  const wanted = Number(at(configuration, "numberOfResults") ?? texts.length);
  if (wanted > texts.length) {
    return refusal("The number of results exceeds the number of sources.", call);
  }
  const results = rank(textAt(body, "queries", 0, "textQuery", "text"), texts, wanted)
    .map(({ index, score }) => ({ index, relevanceScore: score }));
  return jsonReply(200, standardHeaders(call), { results });
}

function malformed({ kind, path, expected }: Flaw): string {
  const place = `#/${pathText(path, { indexes: "dots" }).replaceAll(".", "/")}`;
  const problem = kind === "unknown"
    ? `extraneous key [${expected}] is not permitted`
    : kind === "missing"
    ? `required key [${expected}] not found`
    : `${place}: ${kind} ${expected}`;
  return `Malformed input request: ${problem}, please reformat your input and try again.`;
}
