import { isObject, type JsonObject } from "../json.ts";
import { chunksOf, googleFrame, type Made, responseOf } from "./gemini/answer.ts";
import { readAsk } from "./gemini/ask.ts";
import { type Flavour, googleError, googleErrorBody, standardHeaders } from "./gemini/errors.ts";
import { flawReply } from "./gemini/flaws.ts";
import { camelised } from "./gemini/names.ts";
import { ruleFlaw } from "./gemini/rules.ts";
import { bodyShape } from "./gemini/shapes.ts";
import type { Fault } from "./scripts.ts";
import { checkShape } from "./shapes.ts";
import { type Asked, type Call, type Reply, StandIn, type StandInOptions } from "./stand_in.ts";
import { jsonReply } from "./wire.ts";

/** What a stand-in of Google's models takes. */
export interface GeminiOptions extends StandInOptions {
  /** The API key or access token that every request must carry; without it, any will do. */
  readonly key?: string;
}

/** The tokens that `countTokens` finds in everything. */
export const countedTokens = 2095;

/**
 * A strict stand-in of Google's generateContent, streamGenerateContent and countTokens, on the
 * Gemini API's paths and on Vertex AI's.
 *
 * See https://ai.google.dev/api/generate-content and
 * https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference.
 */
export const GeminiUpstream = {
  start: (options: GeminiOptions = {}): Promise<StandIn> =>
    StandIn.start({
      receive: (call) => receive(call, options),
      fault: (fault, call) => googleError(fault, call, routeOf(call)?.flavour ?? "gemini"),
    }, options),
} as const;

interface Route {
  readonly flavour: Flavour;
  readonly model: string;
  readonly method: string;
}

const geminiPath = /^\/(?:v1|v1beta|v1alpha)\/(?:models|tunedModels)\/([\w.-]+):(\w+)$/;
const vertexPath =
  /^\/(?:v1|v1beta1)\/projects\/[\w-]+\/locations\/[\w-]+\/publishers\/google\/models\/([\w.@-]+):(\w+)$/;
const methods = ["generateContent", "streamGenerateContent", "countTokens"];

function routeOf({ path }: Call): Route | undefined {
  for (const [flavour, pattern] of [["gemini", geminiPath], ["vertex", vertexPath]] as const) {
    const [, model, method] = pattern.exec(decodeURIComponent(path)) ?? [];
    if (model !== undefined && method !== undefined) return { flavour, model, method };
  }
}

function receive(call: Call, { key }: GeminiOptions): Asked | Reply {
  const route = routeOf(call);
  if (route === undefined || call.method !== "POST" || !methods.includes(route.method)) {
    return googleError({ status: 404 }, call, route?.flavour ?? "gemini");
  }
  return refuseKey(call, route, key) ?? receiveBody(call, route);
}

function refuseKey(call: Call, { flavour }: Route, key?: string): Reply | undefined {
  const bearer = call.headers.get("authorization")?.replace(/^Bearer /, "");
  const given = call.headers.get("x-goog-api-key") ?? call.query.get("key");
  if (flavour === "vertex" || bearer !== undefined) {
    const isRight = bearer !== undefined && (key === undefined || bearer === key);
    return isRight ? undefined : googleError({ status: 401 }, call, flavour);
  }
  if (given === null) {
    const message = "Method doesn't allow unregistered callers (callers without established " +
      "identity). Please use API Key or other form of API consumer identity to call this API.";
    return googleError({ status: 403, message }, call, flavour);
  }
  if (key === undefined || given === key) return undefined;
  const details = [{
    "@type": "type.googleapis.com/google.rpc.ErrorInfo",
    reason: "API_KEY_INVALID",
    domain: "googleapis.com",
    metadata: { service: "generativelanguage.googleapis.com" },
  }];
  const message = "API key not valid. Please pass a valid API key.";
  return googleError({ status: 400, message, details }, call, flavour);
}

function receiveBody(call: Call, { flavour, model, method }: Route): Asked | Reply {
  const refuse = (message: string) => googleError({ status: 400, message }, call, flavour);
  if (!isObject(call.body)) return refuse("Invalid JSON payload received. Unexpected token.");
  const body = camelised(call.body);
  const kind = method === "countTokens" ? "count" : "generate";
  const { flaw } = checkShape(bodyShape(kind, flavour), body);
  if (flaw !== undefined || !isObject(body)) {
    return flaw === undefined ? refuse("Invalid JSON") : flawReply(flaw, call, flavour, body);
  }
  const counted = isObject(body.generateContentRequest) ? body.generateContentRequest : body;
  const broken = ruleFlaw(counted, model, flavour);
  if (broken !== undefined) return refuse(broken);
  if (kind === "count") return count(call, flavour);
  return answering(call, { body, model, flavour, method });
}

function count(call: Call, flavour: Flavour): Reply {
  return jsonReply(200, standardHeaders(call), {
    totalTokens: countedTokens,
    ...(flavour === "vertex" && { totalBillableCharacters: 4 * countedTokens }),
    promptTokensDetails: [{ modality: "TEXT", tokenCount: countedTokens }],
  });
}

/** Without `alt=sse` a stream is one JSON array. */
function answering(call: Call, route: Route & { readonly body: JsonObject }): Asked {
  const { body, model, method, flavour } = route;
  const headers = standardHeaders(call);
  const streams = method === "streamGenerateContent";
  const made = (answer: Made["answer"]): Made => ({ body, model, flavour, answer, call });
  return {
    ask: readAsk(body, model),
    stream: streams && call.query.get("alt") === "sse",
    whole: (answer) => {
      const chunks = () => chunksOf(made(answer)).map(({ data }) => data);
      return jsonReply(200, {
        ...headers,
        "content-type": "application/json; charset=UTF-8",
      }, streams ? chunks() : responseOf(made(answer)));
    },
    streamHeaders: {
      ...headers,
      "content-type": "text/event-stream",
      "content-disposition": "attachment",
    },
    frames: (answer) =>
      chunksOf(made(answer)).map(({ data, isContent }) => googleFrame(data, isContent)),
    faultFrames: (fault: Fault) => [googleFrame(googleErrorBody(fault, flavour), false)],
  };
}
