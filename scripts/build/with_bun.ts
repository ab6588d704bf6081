import process from "node:process";
import { BuildError, run } from "./command.ts";
import type { Stage } from "./stage.ts";

/** The version that the executable carries, and that it is tested with. */
export const BUN_VERSION = "1.4.5";

/** Compiles with `bun build --compile`, by a Bun of the pinned version. */
export function compileWithBun({ folder, entry, output }: Stage): void {
  // Bun does not read the import map of `deno.json`; it finds packages in `node_modules`.
  run([process.execPath, "install", "--quiet", "--node-modules-dir=auto"], {
    cwd: folder,
    timeoutMs: 120_000,
  });
  const options = [
    "--minify",
    "--keep-names",
    // Stack traces name the lines of the source.
    "--sourcemap=linked",
    // Parsed ahead of time, the program is ready in less than half the time.
    "--bytecode",
    // A file that lies in the working directory must not change what the gateway does.
    "--no-compile-autoload-dotenv",
    "--no-compile-autoload-bunfig",
  ];
  run([...bunCommand(folder), "build", "--compile", ...options, entry, "--outfile", output], {
    cwd: folder,
    timeoutMs: 300_000,
    name: `bun ${BUN_VERSION} (from the PATH or through npx)`,
  });
}

/** Bun from the `PATH` if it is the right one, else through npm. */
function bunCommand(cwd: string): readonly string[] {
  try {
    const version = run(["bun", "--version"], { cwd, timeoutMs: 10_000 });
    if (version.trim() === BUN_VERSION) return ["bun"];
  } catch (cause) {
    if (!(cause instanceof BuildError)) throw cause;
  }
  return ["npx", "--yes", `bun@${BUN_VERSION}`];
}
