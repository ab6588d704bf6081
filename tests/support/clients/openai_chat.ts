import OpenAI from "openai";
import { isObject, type JsonObject } from "../json.ts";
import { loop, type ToolLoop, twoCities, weatherIn, weatherTool } from "./tool_loop.ts";

type Message = OpenAI.Chat.ChatCompletionMessageParam;
type Usage = OpenAI.CompletionUsage | null | undefined;

/**
 * OpenAI's own SDK on chat completions, which brings an answer's reasoning back under the names it
 * came by: `reasoning_content`, `reasoning_signature` and `reasoning_details`.
 */
export const openaiChatLoop: ToolLoop = (baseUrl, model, options) => {
  const { stream, question = twoCities, apiKey = "sk-client", headers = {} } = options;
  const { movesTo = model } = options;
  const { completions } = new OpenAI({
    ...{ baseURL: `${baseUrl}/v1`, apiKey, maxRetries: 0, defaultHeaders: { ...headers } },
  }).chat;
  const messages: Message[] = [{ role: "user", content: question }];
  return loop(async (roundsBefore) => {
    const asked = roundsBefore === 0 ? model : movesTo;
    const params = { model: asked, messages, tools, reasoning_effort: "low" } as const;
    const made = stream
      ? await folded(
        await completions.create({
          ...params,
          stream: true,
          stream_options: { include_usage: true },
        }),
      )
      : whole(await completions.create(params));
    const { text, calls, reasoning, usage } = made;
    messages.push({
      ...{ role: "assistant", content: text === "" ? null : text },
      ...(calls.length > 0 && { tool_calls: calls.map((call) => wireCall(call)) }),
      ...reasoning,
    });
    const parsed = calls.map(({ id, name, args }) => ({ id, name, args: JSON.parse(args) }));
    messages.push(...parsed.map(({ id, args }): Message => ({
      ...{ role: "tool", tool_call_id: id, content: weatherIn(args) },
    })));
    return {
      text,
      toolCalls: parsed.map(({ name, args }) => ({ name, args })),
      usage: usageOf(usage),
      reasoning: readable(reasoning),
    };
  });
};

const { name, description, schema } = weatherTool;
const tools: OpenAI.Chat.ChatCompletionTool[] = [{
  type: "function",
  function: { name, description, parameters: { ...schema } },
}];

interface Call {
  readonly id: string;
  readonly name: string;
  readonly args: string;
}

interface Answer {
  readonly text: string;
  readonly calls: readonly Call[];
  /** The members of the message that carry its reasoning. */
  readonly reasoning: JsonObject;
  readonly usage: Usage;
}

function wireCall({ id, name, args }: Call) {
  return { id, type: "function", function: { name, arguments: args } } as const;
}

function whole({ choices, usage }: OpenAI.Chat.ChatCompletion): Answer {
  const message = choices[0]?.message;
  const calls = (message?.tool_calls ?? []).flatMap((call) =>
    call.type === "function"
      ? [{ id: call.id, name: call.function.name, args: call.function.arguments }]
      : []
  );
  const reasoning = Object.fromEntries(
    Object.entries(message ?? {}).filter(([name]) => name.startsWith("reasoning")),
  );
  return { text: message?.content ?? "", calls, reasoning, usage };
}

/** Joins a stream by hand, because the SDK does not know how to join what it does not know. */
async function folded(stream: AsyncIterable<OpenAI.Chat.ChatCompletionChunk>): Promise<Answer> {
  const calls: { id: string; name: string; args: string }[] = [];
  const reasoning: Record<string, unknown> = {};
  let text = "";
  let usage: Usage;
  for await (const chunk of stream) {
    const delta = chunk.choices[0]?.delta;
    usage = chunk.usage ?? usage;
    text += delta?.content ?? "";
    for (const { index, id, function: called } of delta?.tool_calls ?? []) {
      const call = calls[index] ??= { id: "", name: "", args: "" };
      call.id += id ?? "";
      call.name += called?.name ?? "";
      call.args += called?.arguments ?? "";
    }
    for (const [name, value] of Object.entries(delta ?? {})) {
      if (name.startsWith("reasoning")) reasoning[name] = joined(reasoning[name], value);
    }
  }
  return { text, calls, reasoning, usage };
}

function joined(before: unknown, value: unknown): unknown {
  if (typeof value === "string") return (typeof before === "string" ? before : "") + value;
  if (!Array.isArray(value)) return before;
  const details: unknown[] = Array.isArray(before) ? [...before] : [];
  for (const detail of value) {
    const at = details.findIndex((other) =>
      isObject(other) && isObject(detail) && other.index === detail.index
    );
    if (at < 0) details.push(detail);
    else details[at] = joinedDetail(details[at], detail);
  }
  return details;
}

/** Pieces of one entry have its index; their texts go on from one to the next. */
function joinedDetail(before: unknown, detail: unknown): unknown {
  if (!isObject(before) || !isObject(detail)) return detail;
  const { text } = before;
  const isLonger = typeof text === "string" && typeof detail.text === "string";
  return { ...before, ...detail, ...(isLonger && { text: `${text}${detail.text}` }) };
}

function readable(reasoning: JsonObject): string {
  const { reasoning_content: content, reasoning: text } = reasoning;
  return [content, text].find((one) => typeof one === "string" && one !== "")?.toString() ?? "";
}

function usageOf(usage: Usage) {
  return {
    input: usage?.prompt_tokens ?? 0,
    output: usage?.completion_tokens ?? 0,
    cacheRead: usage?.prompt_tokens_details?.cached_tokens ?? 0,
    cacheWrite: usage?.prompt_tokens_details?.cache_write_tokens ?? 0,
    reasoning: usage?.completion_tokens_details?.reasoning_tokens ?? 0,
  };
}
