import Anthropic from "@anthropic-ai/sdk";
import {
  loop,
  type LoopUsage,
  type ToolLoop,
  twoCities,
  weatherIn,
  weatherTool,
} from "./tool_loop.ts";

/** Anthropic's own SDK on the Messages API, with a thinking budget. */
export const anthropicLoop: ToolLoop = (baseUrl, model, options) => {
  const { stream, question = twoCities, apiKey = "sk-client", headers = {} } = options;
  const { movesTo = model } = options;
  const { messages: api } = new Anthropic({
    ...{ baseURL: baseUrl, apiKey, maxRetries: 0, defaultHeaders: { ...headers } },
  });
  const messages: Anthropic.MessageParam[] = [{ role: "user", content: question }];
  return loop(async (roundsBefore) => {
    const asked = roundsBefore === 0 ? model : movesTo;
    const params = {
      ...{ model: asked, messages, max_tokens: 2048, tools },
      thinking: { type: "enabled", budget_tokens: 1024 } as const,
    };
    const made = stream ? await api.stream(params).finalMessage() : await api.create(params);
    messages.push({ role: "assistant", content: made.content });
    const calls = made.content.filter((block) => block.type === "tool_use");
    const results = calls.map(({ id, input }) => ({
      ...{ type: "tool_result", tool_use_id: id, content: weatherIn(input) } as const,
    }));
    if (results.length > 0) messages.push({ role: "user", content: results });
    return {
      text: made.content.map((block) => block.type === "text" ? block.text : "").join(""),
      toolCalls: calls.map(({ name, input }) => ({ name, args: input })),
      usage: usageOf(made.usage),
      reasoning: made.content.map((block) => block.type === "thinking" ? block.thinking : "").join(
        "",
      ),
    };
  });
};

const { schema, ...named } = weatherTool;
const tools: Anthropic.Tool[] = [{
  ...named,
  input_schema: { ...schema, required: [...schema.required] },
}];

function usageOf(usage: Anthropic.Usage): LoopUsage {
  const cacheRead = usage.cache_read_input_tokens ?? 0;
  const cacheWrite = usage.cache_creation_input_tokens ?? 0;
  return {
    ...{ input: usage.input_tokens + cacheRead + cacheWrite, cacheRead, cacheWrite },
    output: usage.output_tokens,
    reasoning: usage.output_tokens_details?.thinking_tokens ?? 0,
  };
}
