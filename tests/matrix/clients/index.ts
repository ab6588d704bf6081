import type { ChatClient } from "../chat_client.ts";
import { completionsClient } from "./completions.ts";
import { geminiClient } from "./gemini.ts";
import { messagesClient } from "./messages.ts";
import { responsesClient } from "./responses.ts";

/** A client of every API, in the order of the page. */
export const clients: readonly ChatClient[] = [
  completionsClient,
  messagesClient,
  responsesClient,
  geminiClient,
];
