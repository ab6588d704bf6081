import { Buffer } from "node:buffer";
import { GatewayError } from "../../errors.ts";
import { isMapping } from "../../lib/mapping.ts";
import type { Converter } from "../api.ts";

/**
 * Amazon Bedrock's count of tokens, which takes the request that would be sent to the model
 * (https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_CountTokens.html).
 */
export const bedrockCount: Converter = {
  path: "",
  writeRequest({ model: _, ...request }) {
    const invoked = {
      ...request,
      max_tokens: request.max_tokens ?? leastMaxTokens(request.thinking),
      anthropic_version: request.anthropic_version ?? ANTHROPIC_VERSION,
    };
    return {
      input: { invokeModel: { body: Buffer.from(JSON.stringify(invoked)).toString("base64") } },
    };
  },
  readAnswer({ inputTokens, input_tokens }) {
    const tokens = inputTokens ?? input_tokens;
    if (typeof tokens === "number") return { input_tokens: tokens };
    throw new GatewayError("upstream-invalid", "the provider's answer has no count of tokens");
  },
};

/**
 * The only version there is on Bedrock; that of the client's header is one of Anthropic's own API
 * (https://docs.aws.amazon.com/bedrock/latest/userguide/count-tokens.html).
 */
const ANTHROPIC_VERSION = "bedrock-2023-05-31";

/** Required, though it changes nothing; a budget for thinking must be smaller. */
function leastMaxTokens(thinking: unknown): number {
  const budget = isMapping(thinking) ? thinking.budget_tokens : undefined;
  return typeof budget === "number" ? budget + 1 : 1;
}
