import { isObject } from "../json.ts";
import { exceptionFrames, framesOf, type Made, responseOf } from "./converse/answer.ts";
import { readAsk } from "./converse/ask.ts";
import { faultReply, flawReply, refusal, standardHeaders } from "./converse/errors.ts";
import { ruleFlaw } from "./converse/rules.ts";
import { bodyShape, countShape } from "./converse/shapes.ts";
import { type Credentials, rejectSignature, testCredentials } from "./converse/signature.ts";
import { checkShape } from "./shapes.ts";
import { type Asked, type Call, type Reply, StandIn, type StandInOptions } from "./stand_in.ts";
import { jsonReply } from "./wire.ts";

export { type Credentials, testCredentials } from "./converse/signature.ts";

/** What a stand-in of Amazon Bedrock takes. */
export interface ConverseOptions extends StandInOptions {
  /** Who may sign requests; without it, `testCredentials`. */
  readonly credentials?: Credentials;
  /** The API key that a request may carry in place of a signature; without it, any will do. */
  readonly key?: string;
}

/** The tokens that `count-tokens` finds in everything. */
export const countedTokens = 2095;

/**
 * A strict stand-in of Amazon Bedrock's Converse, ConverseStream and CountTokens.
 *
 * AWS passes over unknown members; `ignored` of the stand-in says which those were. See
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html.
 */
export const ConverseUpstream = {
  start: (options: ConverseOptions = {}): Promise<StandIn> =>
    StandIn.start({ receive: (call) => receive(call, options), fault: faultReply }, options),
} as const;

async function receive(call: Call, options: ConverseOptions): Promise<Asked | Reply> {
  const [, encoded, operation] =
    /^\/model\/([^/]+)\/(converse|converse-stream|count-tokens)$/.exec(call.path) ?? [];
  if (encoded === undefined || operation === undefined || call.method !== "POST") {
    const type = "UnknownOperationException";
    return faultReply({ status: 404, type, message: "Unknown operation" }, call);
  }
  const stranger = await refuseStranger(call, options);
  if (stranger !== undefined) return stranger;
  if (!isObject(call.body)) {
    return refusal("Unable to parse the request body.", call, "SerializationException");
  }
  const model = decodeURIComponent(encoded);
  const { flaw, ignored } = checkShape(
    operation === "count-tokens" ? countShape : bodyShape,
    call.body,
  );
  if (flaw !== undefined) return flawReply(flaw, call);
  call.ignore(ignored);
  if (operation === "count-tokens") {
    return jsonReply(200, standardHeaders(call), { inputTokens: countedTokens });
  }
  const broken = ruleFlaw(call.body, model);
  if (broken !== undefined) return refusal(broken, call);
  const made = (answer: Made["answer"]): Made => ({ model, answer, call });
  const headers = standardHeaders(call);
  return {
    ask: readAsk(call.body, model),
    stream: operation === "converse-stream",
    whole: (answer) => jsonReply(200, headers, responseOf(made(answer))),
    streamHeaders: { ...headers, "content-type": "application/vnd.amazon.eventstream" },
    frames: (answer) => framesOf(made(answer)),
    faultFrames: exceptionFrames,
  };
}

async function refuseStranger(
  call: Call,
  { key, credentials = testCredentials }: ConverseOptions,
): Promise<Reply | undefined> {
  const given = call.headers.get("authorization");
  const refuse = (type: string, message: string) =>
    faultReply({ status: 403, type, message }, call);
  if (given === null) {
    return refuse("MissingAuthenticationTokenException", "Missing Authentication Token");
  }
  if (given.startsWith("Bearer ")) {
    return key === undefined || given === `Bearer ${key}` ? undefined : refuse(
      "AccessDeniedException",
      "Authentication failed: Please make sure your API Key is valid.",
    );
  }
  const rejection = await rejectSignature(call, credentials);
  return rejection && refuse(rejection.type, rejection.message);
}
