import { at, isObject, type JsonObject } from "../../json.ts";
import { googleError, standardHeaders } from "../gemini/errors.ts";
import { flawReply } from "../gemini/flaws.ts";
import { boolean, checkShape, list, members, number, type Shape, text } from "../shapes.ts";
import { type Call, type Reply, StandIn } from "../stand_in.ts";
import { jsonReply, objectsIn, textAt } from "../wire.ts";
import { rank, tokensOf, vectorOf } from "./vectors.ts";

/**
 * A strict stand-in of Vertex AI's text embeddings and of the ranking API beside it; every request
 * must bring the key as a bearer token.
 *
 * See https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api and
 * https://cloud.google.com/generative-ai-app-builder/docs/reference/rest/v1/projects.locations.rankingConfigs/rank.
 */
export const VertexTasksUpstream = {
  start: ({ key }: { readonly key: string }): Promise<StandIn> =>
    StandIn.start({
      receive: (call) => receive(call, key),
      fault: (fault, call) => googleError(fault, call, "vertex"),
    }, {}),
} as const;

const place = String.raw`\/v1\/projects\/my-project\/locations\/us-central1`;
const predictPath = new RegExp(`^${place}\\/publishers\\/google\\/models\\/([\\w.@-]+):predict$`);
const rankPath = new RegExp(`^${place}\\/rankingConfigs\\/default_ranking_config:rank$`);

function receive(call: Call, key: string): Reply {
  if (call.headers.get("authorization") !== `Bearer ${key}`) {
    return googleError({ status: 401 }, call, "vertex");
  }
  const path = decodeURIComponent(call.path);
  const [, model] = predictPath.exec(path) ?? [];
  const isRank = rankPath.test(path);
  if (call.method !== "POST" || (model === undefined && !isRank)) {
    return googleError({ status: 404 }, call, "vertex");
  }
  if (!isObject(call.body)) return googleError({ status: 400 }, call, "vertex");
  const { flaw } = checkShape(isRank ? rankShape : predictShape, call.body);
  if (flaw !== undefined) return flawReply(flaw, call, "vertex", call.body);
  return isRank ? ranked(call, call.body) : predicted(call, call.body, model ?? "");
}

const taskTypes = [
  ...["RETRIEVAL_QUERY", "RETRIEVAL_DOCUMENT", "SEMANTIC_SIMILARITY", "CLASSIFICATION"],
  ...["CLUSTERING", "QUESTION_ANSWERING", "FACT_VERIFICATION", "CODE_RETRIEVAL_QUERY"],
];

const predictShape = members({
  "instances!": list(
    members({
      "content!": text({ min: 1 }),
      task_type: text({ among: taskTypes }),
      title: text(),
    }),
    { min: 1, max: 250 },
  ),
  parameters: members({
    autoTruncate: boolean,
    outputDimensionality: number({ integer: true, min: 1, max: 3072 }),
  }),
});

const rankShape: Shape = members({
  model: text({ pattern: /^semantic-ranker-/ }),
  topN: number({ integer: true, min: 0 }),
  query: text(),
  "records!": list(
    members({ "id!": text({ min: 1 }), title: text(), content: text() }),
    { min: 1, max: 200 },
  ),
  ignoreRecordDetailsInResponse: boolean,
});

function predicted(call: Call, body: JsonObject, model: string): Reply {
  const instances = objectsIn(body.instances).map(([, instance]) => instance);
  const titled = instances.find(({ title, task_type: task }) =>
    title !== undefined && task !== "RETRIEVAL_DOCUMENT"
  );
  const tooMany = model.startsWith("gemini-embedding") && instances.length > 1;
  if (titled !== undefined || tooMany) {
    const message = tooMany
      ? "The model only supports one instance per prediction."
      : "The title is only valid with task_type=RETRIEVAL_DOCUMENT.";
    return googleError({ status: 400, message }, call, "vertex");
  }
  const dimensions = Number(at(body, "parameters", "outputDimensionality") ?? 768);
  return jsonReply(200, standardHeaders(call), {
    predictions: instances.map((instance) => {
      const content = textAt(instance, "content");
      const statistics = { truncated: false, token_count: tokensOf(content) };
      return { embeddings: { statistics, values: vectorOf(content, dimensions) } };
    }),
    metadata: { billableCharacterCount: 5 },
  });
}

function ranked(call: Call, body: JsonObject): Reply {
  const records = objectsIn(body.records).map(([, record]) => record);
  const texts = records.map((record) => textAt(record, "content"));
  const count = Number(body.topN ?? 0) || records.length;
  const bare = body.ignoreRecordDetailsInResponse === true;
  return jsonReply(200, standardHeaders(call), {
    records: rank(textAt(body, "query"), texts, count).map(({ index, score }) => ({
      id: records[index]?.id,
      score,
      ...(!bare && { content: texts[index] }),
    })),
  });
}
