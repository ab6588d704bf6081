import { type AnyAnswer, readAnyAnswer } from "../apis/any_usage.ts";
import type { Usage } from "../chat/usage.ts";
import { awsEventSplitter } from "../lib/aws_event_stream.ts";
import { concat } from "../lib/bytes.ts";
import { isMapping } from "../lib/mapping.ts";
import { type SseSplitter, sseSplitter } from "../lib/sse.ts";
import type { Target } from "../routing/backend.ts";
import type { Exchange } from "./exchange.ts";
import type { LlmFacts } from "./facts.ts";

/** Sees the bytes of an answer that goes through untouched. */
export interface Tap {
  /** Called once, when the head of the answer has come. */
  open(response: Response): void;
  see(chunk: Uint8Array): void;
  /** The last call; `complete` says whether the answer reached its end. */
  close(complete: boolean): void;
}

/** An answer that is read as a whole is not kept beyond this size, in bytes. */
const KEPT_BYTES_MAX = 16 * 1024 * 1024;

/** A tap that meters a request of an unknown API by what its answer says of usage. */
export function detectingTap({ facts, services }: Exchange, target: Target, model: string): Tap {
  const llm: LlmFacts = {
    operation: "chat",
    clientApi: "detect",
    provider: target.provider.name,
    requestModel: model,
    parameters: {},
    streaming: false,
    answered: false,
    losses: [],
  };
  facts.protocol = "llm";
  facts.llm = llm;
  let reader: Reader | undefined;
  return {
    open({ ok, headers }) {
      if (ok) reader = readerFor(headers.get("content-type") ?? "");
    },
    see(chunk) {
      reader?.see(chunk);
      if (reader?.streams === true) llm.firstTokenMs ??= services.clock.now();
    },
    close(complete) {
      const { model: responseModel, usage } = reader?.end() ?? {};
      if (responseModel !== undefined) llm.responseModel = responseModel;
      if (usage === undefined) return;
      llm.answered = true;
      llm.usage = usage;
      llm.usageSource = complete ? "provider" : "partial";
    },
  };
}

interface Reader {
  readonly streams: boolean;
  see(chunk: Uint8Array): void;
  end(): AnyAnswer;
}

function readerFor(contentType: string): Reader | undefined {
  const type = contentType.toLowerCase();
  if (type.startsWith("text/event-stream")) return eventReader(sseSplitter());
  if (type.startsWith("application/vnd.amazon.eventstream")) return eventReader(awsEventSplitter());
  return type.includes("json") ? wholeReader() : undefined;
}

/** The newest usage of a stream stands for all of it. */
function eventReader(splitter: SseSplitter): Reader {
  let model: string | undefined, usage: Usage | undefined, isBroken = false;
  return {
    streams: true,
    see(chunk) {
      if (isBroken) return;
      try {
        for (const { data } of splitter.push(chunk)) {
          if (data === undefined || !/usage|"model/i.test(data)) continue;
          const found = readAnyAnswer(unwrapped(parse(data)));
          model = found.model ?? model;
          if (found.usage !== undefined) usage = { ...usage, ...found.usage };
        }
      } catch {
        isBroken = true;
      }
    },
    end: () => ({
      ...(model === undefined ? {} : { model }),
      ...(usage === undefined ? {} : { usage }),
    }),
  };
}

/** An event of AWS is the only member of an object that bears its name. */
function unwrapped(event: unknown): unknown {
  return isMapping(event) && isMapping(event.metadata) ? event.metadata : event;
}

function wholeReader(): Reader {
  let parts: Uint8Array[] = [], length = 0;
  return {
    streams: false,
    see(chunk) {
      length += chunk.length;
      if (length > KEPT_BYTES_MAX) parts = [];
      else parts.push(chunk);
    },
    end() {
      if (length > KEPT_BYTES_MAX) return {};
      return readAnyAnswer(parse(new TextDecoder().decode(concat(parts, length))));
    },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
