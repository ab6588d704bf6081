import type { ProblemPath } from "../../config/normalised.ts";
import type { CorsConfig } from "../../config/schema/cors.ts";
import { parseDurationMs } from "../../lib/duration.ts";
import { parseOrigin } from "../../lib/origin.ts";
import { cors } from "../../policies/cors/cors.ts";
import type { Policy } from "../../policies/policy.ts";
import type { CompileContext } from "../compile_context.ts";

/** Compiles a CORS policy. */
export function compileCors(
  settings: CorsConfig,
  at: ProblemPath,
  context: CompileContext,
): Policy | undefined {
  const { allowOrigins, allowCredentials, exposeHeaders, maxAge } = settings;
  let isSound = true;
  for (const [index, origin] of allowOrigins.entries()) {
    const path = [...at, "allowOrigins", index];
    if (!isOpenEnded(origin)) continue;
    if (allowCredentials) {
      context.problems.push({ path, message: OPEN_WITH_CREDENTIALS });
      isSound = false;
    } else if (origin !== "*") context.warnings.push({ path, message: OPEN_ENDED });
  }
  if (allowOrigins.length === 0) {
    const message = "no origin is allowed: browsers let no page of another origin call";
    context.warnings.push({ path: at, message });
  }
  const exposed = exposeHeaders.indexOf("*");
  if (allowCredentials && exposed >= 0) {
    const message = "browsers take * for a name where allowCredentials is true: list the headers";
    context.warnings.push({ path: [...at, "exposeHeaders", exposed], message });
  }
  if (!isSound) return undefined;
  const maxAgeMs = maxAge === undefined ? undefined : parseDurationMs(maxAge);
  const maxAgeSeconds = maxAgeMs === undefined ? undefined : Math.floor(maxAgeMs / 1_000);
  return cors({ ...settings, maxAgeSeconds });
}

const OPEN_WITH_CREDENTIALS = "covers hosts that anybody can have, which with allowCredentials " +
  "lets any page act for its visitor: name the origins";

const OPEN_ENDED = "covers hosts that anybody can have: keep * to the left of a domain of yours";

/** Whether the end of the host, which is what belongs to somebody, may be anything. */
function isOpenEnded(pattern: string): boolean {
  if (pattern === "*") return true;
  const labels = parseOrigin(pattern)?.host.split(".") ?? [];
  return labels.at(-1)?.includes("*") ?? false;
}
