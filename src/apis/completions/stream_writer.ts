import type { TokenLogprob } from "../../chat/block.ts";
import type { BlockStartEvent, ChatEvent, StartEvent } from "../../chat/events.ts";
import type { Usage } from "../../chat/usage.ts";
import { defined } from "../../lib/defined.ts";
import { isMapping } from "../../lib/mapping.ts";
import type { AnswerContext, JsonObject, StreamWriter } from "../api.ts";
import { defaultErrorShape } from "../error_shapes.ts";
import { writeLogprobs } from "./logprobs.ts";
import { wantsFunctionCall } from "./read_tools.ts";
import { writeUsage } from "./wire.ts";
import { beginBlock, continueBlock, endBlock, nothingTold } from "./write_deltas.ts";
import { finishWord } from "./write_response.ts";

/** Writes `chat.completion.chunk` events. */
export function writeStream(context: AnswerContext): StreamWriter {
  const legacy = wantsFunctionCall(context.json);
  const chunks = chunkWriter(context);
  const told = nothingTold(legacy, context.losses);
  let usage: Usage | undefined, isSilent = true;

  function say(deltas: readonly JsonObject[], logprobs?: readonly TokenLogprob[]): string {
    let text = "";
    for (const delta of deltas) text += chunks.delta(delta, logprobs);
    if (text !== "") isSilent = false;
    return text;
  }

  return function write(event: ChatEvent): string {
    switch (event.type) {
      case "start":
        usage = event.usage;
        chunks.begin(event);
        return chunks.delta({ role: "assistant" });
      case "block-start":
        return say(beginBlock(told, event), logprobsIn(event));
      case "block-delta":
        return say(continueBlock(told, event), event.logprobs);
      case "block-end":
        return say(endBlock(told, event));
      case "usage":
        usage = event.usage;
        return "";
      case "finish": {
        const word = finishWord(event.finish.reason, legacy);
        return chunks.finish(isSilent ? { content: "" } : {}, word);
      }
      case "end":
        return `${chunks.usage(usage)}data: [DONE]\n\n`;
      case "error":
        return `data: ${JSON.stringify(defaultErrorShape(event.fault))}\n\n`;
    }
  };
}

function logprobsIn({ block }: BlockStartEvent): readonly TokenLogprob[] | undefined {
  return block.type === "text" ? block.logprobs : undefined;
}

/** What stands around each delta; it is the same in all chunks, so its text is made once. */
function chunkWriter({ json, chat, createdAtS, newId }: AnswerContext) {
  const showsUsage = isMapping(json.stream_options) && json.stream_options.include_usage === true;
  // OpenAI says `usage: null` until there is one, where usage was asked for.
  const tail = showsUsage ? `],"usage":null}\n\n` : "]}\n\n";
  const after = `,"finish_reason":null}${tail}`;
  let head = "", before = "";

  function choice(choice: string): string {
    return `${head}{"index":0,${choice}}${tail}`;
  }

  return {
    begin({ id, model, serviceTier }: StartEvent): void {
      const members = {
        id: id === "" ? newId("chatcmpl-") : id,
        object: "chat.completion.chunk",
        created: createdAtS,
        model: model === "" ? chat.model : model,
        ...defined({ service_tier: serviceTier }),
      };
      head = `data: ${JSON.stringify(members).slice(0, -1)},"choices":[`;
      before = `${head}{"index":0,"delta":`;
    },
    delta(delta: JsonObject, logprobs: readonly TokenLogprob[] = []): string {
      if (logprobs.length === 0) return `${before}${JSON.stringify(delta)}${after}`;
      const tokens = JSON.stringify(writeLogprobs(logprobs));
      return choice(`"delta":${JSON.stringify(delta)},"logprobs":${tokens},"finish_reason":null`);
    },
    finish: (delta: JsonObject, word: string): string =>
      choice(`"delta":${JSON.stringify(delta)},"finish_reason":"${word}"`),
    usage: (usage: Usage | undefined): string =>
      showsUsage && usage !== undefined
        ? `${head}],"usage":${JSON.stringify(writeUsage(usage))}}\n\n`
        : "",
  };
}
