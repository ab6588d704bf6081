import process from "node:process";
import { readArguments } from "./cli/arguments.ts";
import { run } from "./cli/run.ts";
import type { BuildInfo } from "./cli/version.ts";
import { currentHost } from "./host/index.ts";

/** The program. */
export async function main(build: BuildInfo = {}): Promise<void> {
  const host = currentHost();
  host.prepareProcess();
  const command = readArguments(process.argv.slice(2));
  if (command.type === "wrong") {
    process.stderr.write(`agentgateway: ${command.message}\nTry --help.\n`);
    process.exit(2);
  }
  process.exit(await run(command, host, build));
}

if (import.meta.main) await main();
