import { isObject } from "../../json.ts";
import { checkShape, list, members, number, pathText, text } from "../shapes.ts";
import { type Call, type Reply, StandIn } from "../stand_in.ts";
import { idFor, jsonReply, textAt } from "../wire.ts";
import { rank } from "./vectors.ts";

/** A strict stand-in of Cohere's rerank (https://docs.cohere.com/reference/rerank). */
export const CohereUpstream = {
  start: ({ key }: { readonly key: string }): Promise<StandIn> =>
    StandIn.start({
      receive: (call) => receive(call, key),
      fault: ({ status, message = "it failed" }) => jsonReply(status, {}, { message }),
    }, {}),
} as const;

const shape = members({
  "model!": text({ min: 1 }),
  "query!": text({ min: 1 }),
  "documents!": list(text(), { min: 1, max: 1000 }),
  top_n: number({ integer: true, min: 1 }),
  max_tokens_per_doc: number({ integer: true, min: 1 }),
  priority: number({ integer: true, min: 0, max: 999 }),
});

function receive(call: Call, key: string): Reply {
  const refuse = (status: number, message: string) => jsonReply(status, {}, { message });
  if (call.path !== "/v2/rerank" || call.method !== "POST") return refuse(404, "page not found");
  if (call.headers.get("authorization") !== `Bearer ${key}`) {
    return refuse(401, "invalid api token");
  }
  if (!isObject(call.body)) return refuse(400, "invalid request: no valid JSON");
  const { flaw } = checkShape(shape, call.body);
  if (flaw !== undefined) {
    const place = pathText(flaw.path, { indexes: "brackets" });
    return refuse(flaw.kind === "unknown" ? 422 : 400, `invalid request: ${place}: ${flaw.kind}`);
  }
  const { documents, top_n: topN } = call.body;
  const texts = Array.isArray(documents) ? documents.map(String) : [];
  const count = typeof topN === "number" ? topN : undefined;
  const results = rank(textAt(call.body, "query"), texts, count)
    .map(({ index, score }) => ({ index, relevance_score: score }));
  const meta = { api_version: { version: "2" }, billed_units: { search_units: 1 } };
  return jsonReply(200, {}, { id: idFor(call, "", 20), results, meta });
}
