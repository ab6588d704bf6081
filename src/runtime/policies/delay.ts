import type { ProblemPath } from "../../config/normalised.ts";
import type { DelayConfig } from "../../config/schema/delay.ts";
import { parseDurationMs } from "../../lib/duration.ts";
import { sleep } from "../../lib/sleep.ts";
import { delay, DELAY_MS_MAX } from "../../policies/delay.ts";
import type { Policy } from "../../policies/policy.ts";
import type { CompileContext } from "../compile_context.ts";

/** Compiles a delay: a text that is a duration is one, every other is an expression. */
export function compileDelay(
  settings: DelayConfig,
  at: ProblemPath,
  context: CompileContext,
): Policy | undefined {
  const path = [...at, "duration"];
  const fixedMs = parseDurationMs(settings.duration);
  if (fixedMs !== undefined && fixedMs > DELAY_MS_MAX) {
    const message = `must not be longer than ${DELAY_MS_MAX / 60_000}m`;
    context.problems.push({ path, message });
    return undefined;
  }
  const duration = fixedMs ?? context.expression(settings.duration, path);
  return duration === undefined || duration === 0 ? undefined : delay({ duration, sleep });
}
