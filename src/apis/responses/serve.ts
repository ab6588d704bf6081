import type { Serve } from "../api.ts";
import { readRequest } from "./read_request.ts";
import { writeStream } from "./stream_writer.ts";
import { writeResponse } from "./write_response.ts";

/** The API as clients speak it whose provider speaks another. */
export const serve: Serve = {
  concepts: {
    temperature: "temperature",
    topP: "top_p",
    logprobs: "top_logprobs",
    maxOutputTokens: "max_output_tokens",
    reasoning: "reasoning",
    output: "text.format",
    outputStrict: "text.format.strict",
    verbosity: "text.verbosity",
    toolSchema: "tools.parameters",
    toolStrict: "tools.strict",
    toolChoice: "tool_choice",
    parallelToolCalls: "parallel_tool_calls",
    user: "user",
    metadata: "metadata",
    serviceTier: "service_tier",
    cache: "prompt_cache_breakpoint",
    image: "input_image",
    imageDetail: "input_image.detail",
    audio: "input_audio",
    document: "input_file",
    media: "input_file",
    reasoningReplay: "input.reasoning",
    toolFailed: "function_call_output.status",
    toolResultMedia: "function_call_output.output",
    refusal: "refusal",
  },
  readRequest,
  writeResponse,
  writeStream,
};
