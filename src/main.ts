import process from "node:process";
import type { BuildInfo } from "./cli/version.ts";
import { currentHost } from "./host/index.ts";

/** The program. */
export async function main(build: BuildInfo = {}): Promise<void> {
  const host = currentHost();
  host.prepareProcess();
  // Everything else is loaded behind this point: a replaced process would load it for nothing.
  const [{ readArguments }, { run }] = await Promise.all([
    import("./cli/arguments.ts"),
    import("./cli/run.ts"),
  ]);
  const command = readArguments(process.argv.slice(2));
  if (command.type === "wrong") {
    process.stderr.write(`agentgateway: ${command.message}\nTry --help.\n`);
    process.exit(2);
  }
  process.exit(await run(command, host, build));
}

if (import.meta.main) void main();
