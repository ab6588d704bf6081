import type { ChatResponse } from "../../chat/response.ts";
import type { AnswerContext, JsonObject, Serve } from "../api.ts";
import { contentBlock } from "./content_blocks.ts";
import { messageHead } from "./message_head.ts";
import { readRequest } from "./serve_request.ts";
import { writeStream } from "./serve_stream.ts";
import { writeFinish, writeUsage } from "./wire.ts";

/** Anthropic's messages as a server speaks them. */
export const serve: Serve = {
  concepts: {
    temperature: "temperature",
    topP: "top_p",
    topK: "top_k",
    stop: "stop_sequences",
    maxOutputTokens: "max_tokens",
    reasoning: "thinking",
    output: "output_config.format",
    outputStrict: "output_config.format",
    toolSchema: "tools.input_schema",
    toolStrict: "tools.strict",
    toolChoice: "tool_choice",
    parallelToolCalls: "tool_choice.disable_parallel_tool_use",
    user: "metadata.user_id",
    metadata: "metadata",
    serviceTier: "service_tier",
    cache: "cache_control",
    image: "image",
    document: "document",
    media: "document",
    reasoningReplay: "messages.thinking",
    toolFailed: "tool_result.is_error",
    toolResultMedia: "tool_result.content",
  },
  readRequest,
  writeResponse,
  writeStream,
};

function writeResponse(response: ChatResponse, context: AnswerContext): JsonObject {
  const [choice] = response.choices;
  const blocks = (choice?.blocks ?? []).flatMap((block) =>
    contentBlock(block, context.losses) ?? []
  );
  return {
    ...messageHead(response, context),
    content: blocks,
    ...writeFinish(choice?.finish ?? { reason: "other" }),
    usage: writeUsage(response.usage, response.serviceTier),
  };
}
