import type { CalledApi } from "../api.ts";
import { readResponse } from "./answer.ts";
import { writeRequest } from "./call.ts";
import { promptSections } from "./prompt_sections.ts";
import { readStream } from "./stream.ts";

/**
 * Amazon Bedrock's Converse API, as its client
 * (https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html).
 */
export const converseCall: CalledApi = {
  name: "converse",
  path: "",
  framing: "aws-event-stream",
  writeRequest,
  promptSections,
  readResponse,
  readStream,
};
