import type { Losses } from "../../chat/losses.ts";
import { GatewayError } from "../../errors.ts";
import { defined } from "../../lib/defined.ts";
import { isMapping } from "../../lib/mapping.ts";
import type { JsonObject } from "../api.ts";

/** What every reranker needs to know. */
export interface RerankTask {
  readonly query: string;
  /** The documents' texts. */
  readonly texts: readonly string[];
  readonly topN?: number;
  readonly returnDocuments: boolean;
  readonly maxTokensPerDocument?: unknown;
  /** Members that this API does not know. */
  readonly others: JsonObject;
}

const KNOWN = [
  "model",
  "query",
  "documents",
  "top_n",
  "return_documents",
  "rank_fields",
  "max_tokens_per_doc",
];

/**
 * Reads a request for a provider that ranks texts and gives back no more than their order; throws
 * where one of its parts is missing or no text.
 */
export function readTask(request: JsonObject, losses: Losses): RerankTask {
  const { query, documents, top_n, return_documents, rank_fields, max_tokens_per_doc } = request;
  if (query === undefined || query === null) throw refusal("query", "missing field: query");
  if (typeof query !== "string") throw refusal("query", "invalid field: query must be a string");
  const returnDocuments = return_documents === true;
  if (returnDocuments) losses.droppedField("return_documents");
  if (namesOtherFields(rank_fields)) losses.droppedField("rank_fields");
  return {
    query,
    texts: textsOf(documents),
    returnDocuments,
    others: othersIn(request),
    ...defined({
      topN: wholeNumber("top_n", top_n),
      maxTokensPerDocument: max_tokens_per_doc ?? undefined,
    }),
  };
}

/** What a provider says of one document. */
export interface RankedDocument {
  /** Its place in the request. */
  readonly index: unknown;
  readonly score: unknown;
}

/** The answer in Cohere's words; throws where a result does not tell its document and score. */
export function writeAnswer(
  results: unknown,
  readResult: (result: JsonObject) => RankedDocument,
): JsonObject {
  if (!Array.isArray(results)) throw invalidAnswer("has no list of results");
  return {
    results: results.map((result) => {
      const { index, score } = readResult(isMapping(result) ? result : {});
      if (!Number.isInteger(index)) throw invalidAnswer("has a result without its document");
      if (typeof score !== "number") throw invalidAnswer("has a result without its score");
      return { index, relevance_score: score };
    }),
  };
}

function textsOf(documents: unknown): readonly string[] {
  if (documents === undefined || documents === null) {
    throw refusal("documents", "missing field: documents");
  }
  if (!Array.isArray(documents) || documents.length === 0) {
    throw refusal("documents", "invalid field: documents must be a list with at least one");
  }
  return documents.map((document, index) => {
    const text = isMapping(document) ? document.text : document;
    if (typeof text === "string") return text;
    throw refusal(`documents[${index}]`, "a document must be a string or an object with a text");
  });
}

/** Whether other parts of the documents than their texts are to be ranked. */
function namesOtherFields(fields: unknown): boolean {
  if (fields === undefined || fields === null) return false;
  return !Array.isArray(fields) || fields.some((field) => field !== "text");
}

function wholeNumber(name: string, value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === "number" && Number.isInteger(value)) return value;
  throw refusal(name, `invalid field: ${name} must be a whole number`);
}

function othersIn(request: JsonObject): JsonObject {
  const others = Object.entries(request).filter(([name, value]) =>
    !KNOWN.includes(name) && value !== null && value !== undefined
  );
  return Object.fromEntries(others);
}

function refusal(param: string, message: string): GatewayError {
  return new GatewayError("invalid-request", message, { param });
}

function invalidAnswer(fault: string): GatewayError {
  return new GatewayError("upstream-invalid", `the provider's answer ${fault}`);
}
