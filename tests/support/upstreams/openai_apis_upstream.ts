import { CompletionsUpstream } from "./completions_upstream.ts";
import { ResponsesUpstream } from "./responses_upstream.ts";
import { StandIn, type StandInOptions } from "./stand_in.ts";

/** What a stand-in of OpenAI's servers takes. */
interface OpenAiOptions extends StandInOptions {
  /** The key that every request must carry; without it, any will do. */
  readonly key?: string;
  /** What stands before `/chat/completions` and `/responses`. */
  readonly prefix?: string;
}

/** A strict stand-in of OpenAI's servers: chat completions and responses at one address. */
export const OpenAiApisUpstream = {
  start: (options: OpenAiOptions = {}): Promise<StandIn> => {
    const completions = CompletionsUpstream.dialect(options);
    const responses = ResponsesUpstream.dialect(options);
    return StandIn.start({
      receive: (call) =>
        (call.path.endsWith("/chat/completions") ? completions : responses).receive(call),
      fault: responses.fault,
    }, options);
  },
} as const;
