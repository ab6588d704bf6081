import type { ChatApiName } from "../chat/api_name.ts";
import type { CalledApi } from "./api.ts";
import { completionsCall } from "./completions/index.ts";
import { converseCall } from "./converse/index.ts";
import { geminiCall } from "./gemini/index.ts";
import { messagesCall } from "./messages/index.ts";
import { responsesCall } from "./responses/index.ts";

/** Every chat API that the gateway can speak to a provider. */
export const CALLED_APIS: Readonly<Record<ChatApiName, CalledApi>> = {
  completions: completionsCall,
  messages: messagesCall,
  responses: responsesCall,
  gemini: geminiCall,
  converse: converseCall,
};
