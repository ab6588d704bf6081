import type { ProblemPath } from "../../config/normalised.ts";
import type { BufferConfig } from "../../config/schema/buffer.ts";
import { type BodyLimit, buffer } from "../../policies/buffer.ts";
import type { Policy } from "../../policies/policy.ts";
import type { CompileContext } from "../compile_context.ts";

/** Compiles a buffer; `bodyBytesMax` is the configuration's limit of gathered bodies. */
export function compileBuffer(
  settings: BufferConfig,
  at: ProblemPath,
  context: CompileContext,
  bodyBytesMax: number,
): Policy | undefined {
  const limitOf = (side: "request" | "response"): BodyLimit | undefined => {
    const written = settings[side];
    if (written === undefined) return undefined;
    const { maxBytes = bodyBytesMax, failureMode } = written;
    if (maxBytes > bodyBytesMax) {
      const path = [...at, side, "maxBytes"];
      const message = `has no effect beyond frontendPolicies.http.maxBufferSize (${bodyBytesMax})`;
      context.warnings.push({ path, message });
    }
    const isOwn = settings[side]?.maxBytes !== undefined && maxBytes <= bodyBytesMax;
    return {
      bytesMax: Math.min(maxBytes, bodyBytesMax),
      setting: isOwn ? `buffer.${side}.maxBytes` : "frontendPolicies.http.maxBufferSize",
      failsOpen: failureMode === "failOpen",
    };
  };
  const request = limitOf("request");
  const response = limitOf("response");
  if (request === undefined && response === undefined) return undefined;
  return buffer({ request, response });
}
