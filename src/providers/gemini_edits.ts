import type { JsonEdits } from "../lib/json_edit.ts";
import type { ProviderCall } from "./provider.ts";

/** In Google's API the path names the model; a body that names one too could contradict it. */
export function withoutModel({ api, request }: ProviderCall): JsonEdits | undefined {
  const native = api === "gemini" || api === "geminiCount";
  return native && "model" in request ? { remove: ["model"] } : undefined;
}
