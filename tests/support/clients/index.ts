import {
  aiSdkAnthropicLoop,
  aiSdkChatLoop,
  aiSdkGoogleLoop,
  aiSdkResponsesLoop,
} from "./ai_sdk.ts";
import { anthropicLoop } from "./anthropic.ts";
import { genaiLoop } from "./genai.ts";
import { openaiChatLoop } from "./openai_chat.ts";
import { openaiResponsesLoop } from "./openai_responses.ts";
import type { ToolLoop } from "./tool_loop.ts";

/** Every official SDK, by the package and the API that it speaks. */
export const loops = {
  "openai chat": openaiChatLoop,
  "openai responses": openaiResponsesLoop,
  "anthropic": anthropicLoop,
  "genai": genaiLoop,
  "ai-sdk chat": aiSdkChatLoop,
  "ai-sdk responses": aiSdkResponsesLoop,
  "ai-sdk anthropic": aiSdkAnthropicLoop,
  "ai-sdk google": aiSdkGoogleLoop,
} as const satisfies Record<string, ToolLoop>;

/** The name of a client. */
export type LoopName = keyof typeof loops;

/** The names of all clients. */
export const loopNames: readonly LoopName[] = Object.keys(loops).filter(isLoop);

function isLoop(name: string): name is LoopName {
  return Object.hasOwn(loops, name);
}
