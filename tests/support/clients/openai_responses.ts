import OpenAI from "openai";
import { loop, type ToolLoop, twoCities, weatherIn, weatherTool } from "./tool_loop.ts";

/** OpenAI's own SDK on the Responses API, storing nothing. */
export const openaiResponsesLoop: ToolLoop = (baseUrl, model, options) => {
  const { stream, question = twoCities, apiKey = "sk-client", headers = {} } = options;
  const { movesTo = model } = options;
  const { responses } = new OpenAI({
    ...{ baseURL: `${baseUrl}/v1`, apiKey, maxRetries: 0, defaultHeaders: { ...headers } },
  });
  const input: OpenAI.Responses.ResponseInput = [{ role: "user", content: question }];
  return loop(async (roundsBefore) => {
    const asked = roundsBefore === 0 ? model : movesTo;
    const params: OpenAI.Responses.ResponseCreateParamsNonStreaming = {
      ...{ model: asked, input, tools, store: false },
      include: ["reasoning.encrypted_content"],
      reasoning: { effort: "low", summary: "auto" },
    };
    const made = stream
      ? await responses.stream({ ...params, stream: true }).finalResponse()
      : await responses.create(params);
    // The SDK takes a failure that its API reports for an answer.
    if (made.error) throw new OpenAI.APIError(undefined, made.error, made.error.message, undefined);
    const calls = made.output.flatMap((item) => item.type === "function_call" ? [item] : []);
    input.push(...made.output.flatMap((item) => replayed(item)));
    input.push(...calls.map(({ call_id, arguments: args }) => ({
      ...{ type: "function_call_output", call_id, output: weatherIn(JSON.parse(args)) } as const,
    })));
    return {
      text: made.output_text,
      toolCalls: calls.map(({ name, arguments: args }) => ({ name, args: JSON.parse(args) })),
      usage: usageOf(made.usage),
      reasoning: made.output.flatMap((item) =>
        item.type === "reasoning" ? item.summary.map(({ text }) => text) : []
      ).join("\n"),
    };
  });
};

const { name, description, schema } = weatherTool;
const tools: OpenAI.Responses.FunctionTool[] = [{
  ...{ type: "function", name, description, parameters: { ...schema }, strict: true },
}];

/** An item as the API takes it back, without what the SDK's streams add to it. */
function replayed(item: OpenAI.Responses.ResponseOutputItem): OpenAI.Responses.ResponseInput {
  if (item.type === "reasoning") return [item];
  if (item.type === "function_call") {
    const { type, id, call_id, name, arguments: text } = item;
    return [{ ...(id !== undefined && { id }), type, call_id, name, arguments: text }];
  }
  if (item.type !== "message") return [];
  const content = item.content.map((part) =>
    part.type === "output_text"
      ? { type: part.type, text: part.text, annotations: part.annotations }
      : part
  );
  return [{ id: item.id, type: item.type, role: item.role, status: item.status, content }];
}

function usageOf(usage: OpenAI.Responses.ResponseUsage | undefined) {
  return {
    input: usage?.input_tokens ?? 0,
    output: usage?.output_tokens ?? 0,
    cacheRead: usage?.input_tokens_details?.cached_tokens ?? 0,
    cacheWrite: usage?.input_tokens_details?.cache_write_tokens ?? 0,
    reasoning: usage?.output_tokens_details?.reasoning_tokens ?? 0,
  };
}
