/** A wire format of chats over HTTP. */
export type ChatApiName = "completions" | "messages" | "responses" | "gemini" | "converse";
