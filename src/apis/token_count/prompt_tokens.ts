export { countPromptTokens } from "../prompt_tokens.ts";
