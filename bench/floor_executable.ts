import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { execPath } from "node:process";
import { BUN_VERSION } from "../scripts/build/with_bun.ts";

/**
 * Compiles the floor with the runtime that the gateway's executable has, or with Bun where there
 * is none; answers the command, or why there is none.
 */
export function compileFloor(root: string, directory: string): readonly string[] | string {
  const source = join(root, "bench/floor.ts");
  const output = join(directory, "floor");
  const command = runtimeOf(join(root, "dist/agentgateway")) === "deno"
    ? [execPath, "compile", "-A", "--output", output, source]
    : [...bunCommand(), "build", "--compile", source, "--outfile", output];
  const [program = "", ...args] = command;
  const compiled = spawnSync(program, args, { cwd: directory, encoding: "utf8" });
  if (compiled.status === 0) return [output];
  const reason = compiled.error?.message ?? compiled.stderr.trim().split("\n").at(-1);
  return `floor and pass-through as executable: cannot compile them: ${reason}: skipped`;
}

/** The Bun that the gateway's executable is made with, from the `PATH` or through npm. */
function bunCommand(): readonly string[] {
  const { stdout } = spawnSync("bun", ["--version"], { encoding: "utf8" });
  return stdout?.trim() === BUN_VERSION ? ["bun"] : ["npx", "--yes", `bun@${BUN_VERSION}`];
}

function runtimeOf(executable: string): string | undefined {
  if (!existsSync(executable)) return undefined;
  const { stdout } = spawnSync(executable, ["--version"], { encoding: "utf8" });
  return /"runtime":\s*(?:\{\s*"name":\s*)?"(deno|bun)/i.exec(stdout)?.[1]?.toLowerCase();
}
