import { isObject, type JsonObject } from "../json.ts";
import { readAsk } from "./responses/ask.ts";
import { itemsOf, type Made, responseOf } from "./responses/answer.ts";
import { embeddingsOf } from "./responses/embeddings.ts";
import {
  faultReply,
  flawRefusal,
  type Refusal,
  refusalReply,
  standardHeaders,
} from "./responses/errors.ts";
import { keyRefusal } from "./responses/keys.ts";
import { Memory } from "./responses/memory.ts";
import { notFound, ruleRefusal } from "./responses/rules.ts";
import { bodyShape, embeddingsShape } from "./responses/shapes.ts";
import { faultFrames, framesOf } from "./responses/stream.ts";
import { checkShape } from "./shapes.ts";
import {
  type Asked,
  type Call,
  type Dialect,
  type Reply,
  StandIn,
  type StandInOptions,
} from "./stand_in.ts";
import { idFor, jsonReply, objectsIn } from "./wire.ts";

/** What a stand-in of OpenAI's Responses API takes. */
export interface ResponsesOptions extends StandInOptions {
  /** The key that every request must carry; without it, any will do. */
  readonly key?: string;
  /** What stands before `/responses` and `/embeddings`. */
  readonly prefix?: string;
}

/**
 * A strict stand-in of OpenAI's Responses and Embeddings APIs, with a memory for what is stored.
 *
 * See https://platform.openai.com/docs/api-reference/responses.
 */
export const ResponsesUpstream = {
  dialect: (options: ResponsesOptions = {}): Dialect => {
    const memory = new Memory();
    return { receive: (call) => receive(call, options, memory), fault: faultReply };
  },
  start: (options: ResponsesOptions = {}): Promise<StandIn> =>
    StandIn.start(ResponsesUpstream.dialect(options), options),
};

function receive(call: Call, options: ResponsesOptions, memory: Memory): Asked | Reply {
  const { prefix = "/v1" } = options;
  const refuse = (refusal: Refusal) => refusalReply(refusal, call);
  const isResponses = call.path === `${prefix}/responses`;
  if (!isResponses && call.path !== `${prefix}/embeddings`) {
    const message = `Invalid URL (${call.method} ${call.path})`;
    return refuse({ status: 404, message, param: null, code: null });
  }
  const keyless = keyRefusal(call, options.key);
  if (keyless !== undefined) return refuse(keyless);
  if (call.method !== "POST") return faultReply({ status: 405 }, call);
  if (!isObject(call.body)) return faultReply({ status: 400 }, call);
  const { flaw } = checkShape(isResponses ? bodyShape : embeddingsShape, call.body);
  if (flaw !== undefined) return refuse(flawRefusal(flaw));
  if (isResponses) return receiveResponse(call, call.body, memory);
  return jsonReply(200, standardHeaders(call), embeddingsOf(call.body));
}

function receiveResponse(call: Call, body: JsonObject, memory: Memory): Asked | Reply {
  const input = inputItems(body, memory);
  if (!Array.isArray(input)) return refusalReply(input, call);
  const refusal = ruleRefusal(body, input, memory);
  if (refusal !== undefined) return refusalReply(refusal, call);
  const headers = standardHeaders(call);
  const id = idFor(call, "resp_", 48);
  const keep = (made: Made): Made => {
    memory.keep(id, input, itemsOf(made), body.store !== false);
    return made;
  };
  return {
    ask: readAsk(body, input),
    stream: body.stream === true,
    whole: (answer) => jsonReply(200, headers, responseOf(keep({ id, body, answer, call }))),
    streamHeaders: { ...headers, "content-type": "text/event-stream; charset=utf-8" },
    frames: (answer) => framesOf(keep({ id, body, answer, call })),
    faultFrames: (fault) => faultFrames(fault, { id, body, answer: noAnswer, call }),
  };
}

/** What the request and the stored response that it goes on from say, references resolved. */
function inputItems(body: JsonObject, memory: Memory): JsonObject[] | Refusal {
  const { previous_response_id: previous, input } = body;
  const before = typeof previous === "string" ? memory.response(previous) : undefined;
  if (typeof previous === "string" && before === undefined) {
    const message = `Previous response with id '${previous}' not found.`;
    const param = "previous_response_id";
    return { status: 400, message, param, code: "previous_response_not_found" };
  }
  const items = typeof input === "string"
    ? [{ type: "message", role: "user", content: input }]
    : objectsIn(input).map(([, item]) => item);
  const found: JsonObject[] = [...before?.items ?? []];
  for (const item of items) {
    const id = String(item.id);
    const known = item.type === "item_reference" ? memory.item(id) : item;
    if (known === undefined) return notFound(id);
    found.push(known);
  }
  return found;
}

const noAnswer = {
  texts: [],
  toolCalls: [],
  finish: "stop",
  usage: { input: 0, cacheRead: 0, cacheWrite: 0, output: 0, reasoning: 0 },
} as const;
