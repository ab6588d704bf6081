import type { Block } from "../../chat/block.ts";
import type { ChatResponse } from "../../chat/response.ts";
import { GatewayError } from "../../errors.ts";
import { defined } from "../../lib/defined.ts";
import { isMapping } from "../../lib/mapping.ts";
import type { CallContext, CalledApi, JsonObject } from "../api.ts";
import { readAnswerBlock, readIdentity, readServiceTier, refusalOf } from "./answer_blocks.ts";
import { writeRequest } from "./call_request.ts";
import { readStream } from "./call_stream.ts";
import { promptSections } from "./prompt_sections.ts";
import { toolRenaming } from "./renaming.ts";
import { readFinish, readUsage } from "./wire.ts";

/** Anthropic's messages as a client speaks them. */
export const messagesCall: CalledApi = {
  name: "messages",
  path: "/messages",
  framing: "sse",
  writeRequest,
  promptSections,
  readResponse,
  readStream,
};

function readResponse(answer: JsonObject, context: CallContext): ChatResponse {
  const names = toolRenaming(context.chat);
  if (!Array.isArray(answer.content)) {
    throw new GatewayError("upstream-invalid", "the provider's answer has no content", {
      code: "invalid_response",
    });
  }
  const blocks = answer.content.filter(isMapping)
    .map((block): Block => readAnswerBlock(block, names, context.losses));
  const refusal = refusalOf(answer);
  return {
    ...readIdentity(answer),
    choices: [{
      blocks: refusal === undefined ? blocks : [...blocks, refusal],
      finish: readFinish(answer, blocks.some(({ type }) => type === "tool-call")),
    }],
    ...defined({ usage: readUsage(answer.usage), serviceTier: readServiceTier(answer.usage) }),
  };
}
