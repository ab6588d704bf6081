export { geminiCount } from "./gemini.ts";
export { messagesCount } from "./messages.ts";
