import { createHash } from "node:crypto";
import type { LocalCall } from "../provider.ts";
import { compose } from "./compose.ts";
import { type ErrorAnswer, errorResponse, invalid } from "./error_answer.ts";
import { isObject, stringOf } from "./json.ts";
import { pause } from "./pause.ts";
import type { Conduct, Faults, Plan } from "./plan.ts";
import { type ChatRequest, readRequest } from "./request.ts";
import { brokenBody, connectionReset, type Delivery, eventStream } from "./stream.ts";
import { usageOf } from "./usage.ts";
import { validate } from "./validate.ts";
import { type Answer, CREATED_SECONDS, streamEvents, wholeAnswer } from "./wire.ts";

/** Answers one call as the OpenAI API would, in the way the plan says. */
export async function answerCall(plan: Plan, call: LocalCall): Promise<Response> {
  call.signal.throwIfAborted();
  const ids = idsFor(call.body);
  const [path = ""] = call.path.split("?");
  const method = path.endsWith("/chat/completions")
    ? "POST"
    : path.endsWith("/models")
    ? "GET"
    : undefined;
  if (method !== call.method) {
    return errorResponse(wrongTarget(call.method, path, method !== undefined), "", ids.request);
  }
  if (method === "GET") return jsonResponse(MODELS, ids);
  const body = parseJson(call.body);
  if (!isObject(body)) return errorResponse(NOT_JSON, "", ids.request);
  const problem = validate(body, plan.strict);
  if (problem) return errorResponse(problem, stringOf(body.model), ids.request);
  return await answerRequest(plan, readRequest(body), ids, call.signal);
}

async function answerRequest(
  plan: Plan,
  request: ChatRequest,
  ids: Ids,
  signal: AbortSignal,
): Promise<Response> {
  const conduct = plan.scripts.find((script) => script.matches(request))?.conduct ?? plan.otherwise;
  const faults = conduct.takeFaults();
  if (faults.resetAfter === 0) throw connectionReset();
  if (faults.stallAfter === 0) await pause(Infinity, signal).over;
  const error = faults.error ?? conduct.reply.error;
  if (error) return errorResponse(error, request.model, ids.request);
  const choices = compose(request, conduct.reply, plan.answerTokens, ids.toolCall);
  const usage = faults.omitUsage ? undefined : usageOf(request, choices, conduct.usage);
  const answer = { id: ids.completion, request, choices, usage };
  const delivery = { ...conduct, faults, signal };
  const delayMs = conduct.firstTokenMs + (request.stream ? 0 : laterTokensMs(answer, conduct));
  if (delayMs > 0) await pause(delayMs, signal).over;
  return request.stream
    ? streamResponse(answer, conduct, delivery, ids)
    : wholeResponse(answer, delivery, ids);
}

/** The choices are made side by side, so the longest one decides. */
function laterTokensMs({ choices }: Answer, { perTokenMs }: Conduct): number {
  const tokens = choices.reduce((most, { pieces }) => Math.max(most, pieces.length), 1);
  return perTokenMs * (tokens - 1);
}

function streamResponse(
  answer: Answer,
  { tokensPerChunk }: Conduct,
  delivery: Delivery,
  ids: Ids,
): Response {
  const body = eventStream(streamEvents(answer, tokensPerChunk), delivery);
  return new Response(body, {
    headers: {
      "content-type": "text/event-stream; charset=utf-8",
      "x-request-id": ids.request,
    },
  });
}

function wholeResponse(answer: Answer, delivery: Delivery, ids: Ids): Response {
  const body = wholeAnswer(answer);
  const { faults } = delivery;
  if (isCut(faults)) return jsonResponse(brokenBody(body, delivery), ids);
  const malformed = Number.isFinite(faults.malformedAfter);
  return jsonResponse(malformed ? body.slice(0, body.length / 2) : body, ids);
}

function isCut({ resetAfter, stallAfter }: Faults): boolean {
  return Number.isFinite(resetAfter) || Number.isFinite(stallAfter);
}

function jsonResponse(body: BodyInit, ids: Ids): Response {
  return new Response(body, {
    headers: { "content-type": "application/json", "x-request-id": ids.request },
  });
}

interface Ids {
  readonly request: string;
  readonly completion: string;
  toolCall(ordinal: number): string;
}

/** Ids in the form of the real ones, the same for the same body. */
function idsFor(body: string): Ids {
  const digest = createHash("sha256").update(body).digest();
  return {
    request: `req_${digest.toString("hex").slice(0, 32)}`,
    completion: `chatcmpl-${alphanumeric(digest.toString("base64url")).slice(0, 29)}`,
    toolCall: (ordinal) => {
      const own = createHash("sha256").update(digest).update(String(ordinal)).digest("base64url");
      return `call_${alphanumeric(own).slice(0, 24)}`;
    },
  };
}

function alphanumeric(base64url: string): string {
  return base64url.replaceAll("-", "0").replaceAll("_", "1");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const NOT_JSON = invalid(
  "We could not parse the JSON body of your request. (HINT: This likely means you aren't using " +
    "your HTTP library correctly. The OpenAI API expects a JSON payload, but what was sent was " +
    "not valid JSON.)",
);

function wrongTarget(method: string, path: string, known: boolean): ErrorAnswer {
  return known
    ? {
      status: 405,
      message: `Not allowed to ${method} on ${path}. (HINT: Perhaps you meant to use a different ` +
        "HTTP method?)",
      code: "method_not_supported",
    }
    : { status: 404, message: `Invalid URL (${method} ${path})`, code: null };
}

const MODELS = JSON.stringify({
  object: "list",
  data: [{ id: "mock", object: "model", created: CREATED_SECONDS, owned_by: "mock" }],
});
