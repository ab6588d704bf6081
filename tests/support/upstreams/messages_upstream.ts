import { isObject } from "../json.ts";
import { readAsk } from "./messages/ask.ts";
import { type Display, framesOf, messageOf } from "./messages/answer.ts";
import {
  faultFrames,
  faultReply,
  type Flavour,
  flawReply,
  standardHeaders,
} from "./messages/errors.ts";
import { ruleFlaw } from "./messages/rules.ts";
import { bodyShape } from "./messages/shapes.ts";
import { checkShape } from "./shapes.ts";
import { type Asked, type Call, type Reply, StandIn, type StandInOptions } from "./stand_in.ts";
import { jsonReply, textAt } from "./wire.ts";

/** What a stand-in of Anthropic's Messages API takes. */
export interface MessagesOptions extends StandInOptions {
  /** The key or token that every request must carry; without it, any will do. */
  readonly key?: string;
  /** What stands before `/v1/messages`, such as `/anthropic`. */
  readonly prefix?: string;
}

/** The tokens that `count_tokens` finds in everything. */
export const countedTokens = 2095;

/**
 * A strict stand-in of Anthropic's Messages API, and of the same on Vertex AI, which has paths,
 * credentials and some errors of its own.
 *
 * See https://platform.claude.com/docs/en/api/messages and
 * https://platform.claude.com/docs/en/build-with-claude/claude-on-vertex-ai.
 */
export const MessagesUpstream = {
  start: (options: MessagesOptions = {}): Promise<StandIn> =>
    StandIn.start({
      receive: (call) => receive(call, options),
      fault: (fault, call) =>
        faultReply(fault, call, routeOf(call, options)?.flavour ?? "anthropic"),
    }, options),
} as const;

interface Route {
  readonly flavour: Flavour;
  readonly kind: "messages" | "count";
  /** The path's model, where it names one. */
  readonly model?: string;
  /** What the path says of streaming, where it says anything. */
  readonly stream?: boolean;
}

/** The newest is what the official SDK sends from its version 1.0 on. */
const versions = ["2023-01-01", "2023-06-01", "2026-10-21"];

const vertexPath =
  /^\/v1\/projects\/[\w-]+\/locations\/[\w-]+\/publishers\/anthropic\/models\/([\w.@-]+):(\w+)$/;

function routeOf(call: Call, { prefix = "" }: MessagesOptions): Route | undefined {
  if (call.path === `${prefix}/v1/messages`) return { flavour: "anthropic", kind: "messages" };
  if (call.path === `${prefix}/v1/messages/count_tokens`) {
    return { flavour: "anthropic", kind: "count" };
  }
  const [, model, method] = vertexPath.exec(decodeURIComponent(call.path)) ?? [];
  if (model === undefined || (method !== "rawPredict" && method !== "streamRawPredict")) {
    return undefined;
  }
  if (model === "count-tokens") return { flavour: "vertex", kind: "count" };
  return { flavour: "vertex", kind: "messages", model, stream: method === "streamRawPredict" };
}

function receive(call: Call, options: MessagesOptions): Asked | Reply {
  const route = routeOf(call, options);
  if (route === undefined) {
    return faultReply({ status: 404, message: "Not Found" }, call, "anthropic");
  }
  const { flavour } = route;
  if (call.method !== "POST") return faultReply({ status: 405 }, call, flavour);
  return refuseHeaders(call, route, options.key) ?? receiveBody(call, route);
}

function refuseHeaders(call: Call, { flavour }: Route, key?: string): Reply | undefined {
  const { headers } = call;
  const bearer = headers.get("authorization")?.replace(/^Bearer /, "");
  const given = flavour === "vertex" ? bearer : headers.get("x-api-key") ?? bearer;
  const refuse = (status: number, message?: string) =>
    faultReply({ status, ...(message !== undefined && { message }) }, call, flavour);
  if (given === undefined) {
    return flavour === "vertex" ? refuse(401) : refuse(401, "x-api-key header is required");
  }
  if (key !== undefined && given !== key) {
    return bearer === given && flavour === "anthropic"
      ? refuse(401, "Invalid bearer token")
      : refuse(401);
  }
  if (flavour === "vertex") return undefined;
  const version = headers.get("anthropic-version");
  if (version === null) return refuse(400, "anthropic-version: header is required");
  if (!versions.includes(version)) {
    return refuse(400, `anthropic-version: "${version}" is not a valid version`);
  }
  const betas = headers.get("anthropic-beta")?.split(",").map((beta) => beta.trim()) ?? [];
  const unknown = betas.find((beta) => !/^[a-z0-9-]+-20\d\d-\d\d-\d\d$/.test(beta));
  if (unknown === undefined) return undefined;
  return refuse(
    400,
    `Unexpected value(s) \`${unknown}\` for the \`anthropic-beta\` header. Please consult our ` +
      "documentation at docs.anthropic.com or try again without the header.",
  );
}

function receiveBody(call: Call, route: Route): Asked | Reply {
  const { flavour, kind } = route;
  const { body } = call;
  if (body === undefined) {
    const message = "The request body is not valid JSON: Expecting value: line 1 column 1 (char 0)";
    return faultReply({ status: 400, message }, call, flavour);
  }
  const shape = bodyShape(kind, flavour, call.headers.get("anthropic-beta") ?? "");
  const flaw = checkShape(shape, body).flaw ?? (isObject(body) ? ruleFlaw(body) : undefined);
  if (flaw !== undefined || !isObject(body)) {
    return flaw === undefined
      ? faultReply({ status: 400 }, call, flavour)
      : flawReply(flaw, call, flavour);
  }
  const headers = standardHeaders(call, flavour);
  if (kind === "count") return jsonReply(200, headers, { input_tokens: countedTokens });
  const model = route.model ?? String(body.model);
  const display: Display = textAt(body.thinking, "display") === "omitted"
    ? "omitted"
    : "summarized";
  return {
    ask: readAsk(body, model),
    // Vertex streams when path and body agree that it shall.
    stream: body.stream === true && route.stream !== false,
    whole: (answer) => jsonReply(200, headers, messageOf(answer, call, model, display)),
    streamHeaders: {
      ...headers,
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-cache",
    },
    frames: (answer) => framesOf(answer, call, model, display),
    faultFrames: (fault) => faultFrames(fault, call, flavour),
  };
}
