import type { Api } from "../api.ts";
import { defaultErrorShape } from "../error_shapes.ts";
import { view } from "./view.ts";

const encoder = new TextEncoder();

/** OpenAI chat completions. */
export const completions: Api = {
  name: "completions",
  path: "/chat/completions",
  view,
  writeErrorEvent: (error) =>
    encoder.encode(`data: ${JSON.stringify(defaultErrorShape(error))}\n\n`),
};
