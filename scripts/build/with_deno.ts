import process from "node:process";
import { BuildError, run } from "./command.ts";
import type { Stage } from "./stage.ts";

/**
 * Compiles with `deno compile`, with the permissions of `deno task serve` and no way to ask for
 * more. It needs Deno's runtime stub, which it downloads unless `DENORT_BIN` names one.
 */
export function compileWithDeno({ folder, entry, output }: Stage): void {
  const command = [
    process.execPath,
    "compile",
    "--permission-set=gateway",
    "--no-prompt",
    // Deno 2.9 overflows its stack when it embeds some of our packages one by one; in one module
    // they also start faster.
    "--bundle",
    // The task `check` does that.
    "--no-check",
    "--output",
    output,
    entry,
  ];
  try {
    run(command, { cwd: folder, timeoutMs: 180_000 });
  } catch (cause) {
    if (!(cause instanceof BuildError) || !isDownload(cause.message)) throw cause;
    const hint = "DENORT_BIN can name a file";
    throw new BuildError(`Deno's runtime stub cannot be downloaded (${hint})`, { cause });
  }
}

function isDownload(message: string): boolean {
  return /error sending request|ETIMEDOUT/.test(message);
}
