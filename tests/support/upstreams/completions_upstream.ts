import { isObject } from "../json.ts";
import { completionOf, faultFrames, framesOf, type Made } from "./completions/answer.ts";
import { readAsk } from "./completions/ask.ts";
import { ruleRefusal } from "./completions/rules.ts";
import { bodyShape, type Flavour } from "./completions/shapes.ts";
import { faultReply, flawRefusal, refusalReply, standardHeaders } from "./responses/errors.ts";
import { keyRefusal } from "./responses/keys.ts";
import { checkShape } from "./shapes.ts";
import {
  type Asked,
  type Call,
  type Dialect,
  type Reply,
  StandIn,
  type StandInOptions,
} from "./stand_in.ts";
import { jsonReply } from "./wire.ts";

/** What a stand-in of a chat completions API takes. */
export interface CompletionsOptions extends StandInOptions {
  /** The key that every request must carry; without it, any will do. */
  readonly key?: string;
  /** What stands before `/chat/completions`. */
  readonly prefix?: string;
  /** Whose dialect it speaks; OpenAI's unless said otherwise. */
  readonly flavour?: Flavour;
}

/**
 * A strict stand-in of chat completions that has an agent behind it: OpenAI's own, or that of a
 * provider whose models show their thoughts as `reasoning_content` or `reasoning_details`.
 *
 * See https://platform.openai.com/docs/api-reference/chat.
 */
export const CompletionsUpstream = {
  dialect: (options: CompletionsOptions = {}): Dialect => ({
    receive: (call) => receive(call, options),
    fault: faultReply,
  }),
  start: (options: CompletionsOptions = {}): Promise<StandIn> =>
    StandIn.start(CompletionsUpstream.dialect(options), options),
};

function receive(call: Call, options: CompletionsOptions): Asked | Reply {
  const { prefix = "/v1", flavour = "openai", key } = options;
  if (call.path !== `${prefix}/chat/completions`) {
    const message = `Invalid URL (${call.method} ${call.path})`;
    return refusalReply({ status: 404, message, param: null, code: null }, call);
  }
  const stranger = keyRefusal(call, key);
  if (stranger !== undefined) return refusalReply(stranger, call);
  if (call.method !== "POST") return faultReply({ status: 405 }, call);
  const { body } = call;
  if (!isObject(body)) return faultReply({ status: 400 }, call);
  const { flaw } = checkShape(bodyShape(flavour), body);
  const refusal = flaw === undefined ? ruleRefusal(body, flavour) : flawRefusal(flaw);
  if (refusal !== undefined) return refusalReply(refusal, call);
  const headers = standardHeaders(call);
  const made = (answer: Made["answer"]): Made => ({ body, flavour, answer, call });
  return {
    ask: readAsk(body, flavour),
    stream: body.stream === true,
    whole: (answer) => jsonReply(200, headers, completionOf(made(answer))),
    streamHeaders: { ...headers, "content-type": "text/event-stream; charset=utf-8" },
    frames: (answer) => framesOf(made(answer)),
    faultFrames,
  };
}
