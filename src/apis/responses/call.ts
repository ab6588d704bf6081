import type { CalledApi } from "../api.ts";
import { readResponse } from "./read_output.ts";
import { readStream } from "./stream_reader.ts";
import { writeRequest } from "./write_request.ts";

/** The API as the gateway speaks it to providers. */
export const responsesCall: CalledApi = {
  name: "responses",
  path: "/responses",
  framing: "sse",
  writeRequest,
  readResponse,
  readStream,
};
