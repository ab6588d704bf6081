import {
  type GenerateContentResponse,
  type GenerateContentResponseUsageMetadata,
  GoogleGenAI,
  type Part,
} from "@google/genai";
import { loop, type ToolLoop, twoCities, weatherIn, weatherTool } from "./tool_loop.ts";

/** Google's own SDK on generateContent, whose chats keep the conversation themselves. */
export const genaiLoop: ToolLoop = (baseUrl, model, options) => {
  const { stream, question = twoCities, apiKey = "AIza-client", headers = {} } = options;
  const httpOptions = { baseUrl, headers: { ...headers } };
  const { chats } = new GoogleGenAI({ apiKey, httpOptions });
  const chat = chats.create({
    model,
    config: {
      tools: [{ functionDeclarations: [declaration] }],
      thinkingConfig: { includeThoughts: true, thinkingBudget: 1024 },
    },
  });
  let message: string | Part[] = question;
  return loop(async () => {
    const chunks: GenerateContentResponse[] = stream
      ? await Array.fromAsync(await chat.sendMessageStream({ message }))
      : [await chat.sendMessage({ message })];
    const parts = chunks.flatMap((chunk) => chunk.candidates?.[0]?.content?.parts ?? []);
    const calls = parts.flatMap(({ functionCall: call }) => call === undefined ? [] : [call]);
    message = calls.map(({ id, name = "", args }) => ({
      functionResponse: {
        ...(id !== undefined && { id }),
        ...{ name, response: { output: weatherIn(args) } },
      },
    }));
    const textOf = (thought: boolean) =>
      parts.map((part) => (part.thought === true) === thought ? part.text ?? "" : "").join("");
    return {
      text: textOf(false),
      toolCalls: calls.map(({ name = "", args }) => ({ name, args })),
      usage: usageOf(chunks.findLast((chunk) => chunk.usageMetadata !== undefined)?.usageMetadata),
      reasoning: textOf(true),
    };
  });
};

const { schema, ...named } = weatherTool;
const declaration = { ...named, parametersJsonSchema: schema };

/** Google counts thoughts apart from the candidates. */
function usageOf(usage: GenerateContentResponseUsageMetadata | undefined) {
  const reasoning = usage?.thoughtsTokenCount ?? 0;
  return {
    input: usage?.promptTokenCount ?? 0,
    output: (usage?.candidatesTokenCount ?? 0) + reasoning,
    cacheRead: usage?.cachedContentTokenCount ?? 0,
    cacheWrite: 0,
    reasoning,
  };
}
