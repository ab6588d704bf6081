import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { env, execPath } from "node:process";

/**
 * Compiles the floor with the runtime that the gateway's executable has, or with Bun where there
 * is none; answers the command, or why there is none.
 */
export function compileFloor(root: string, directory: string): readonly string[] | string {
  const source = join(root, "bench/floor.ts");
  const output = join(directory, "floor");
  const denos = runtimeOf(join(root, "dist/agentgateway")) === "deno";
  const program = denos ? execPath : env["BUN"] ?? "bun";
  const args = denos
    ? ["compile", "-A", "--output", output, source]
    : ["build", "--compile", source, "--outfile", output];
  const compiled = spawnSync(program, args, { cwd: directory, encoding: "utf8" });
  if (compiled.status === 0) return [output];
  const reason = compiled.error
    ? "bun is not installed (put it on the PATH, or name it in BUN)"
    : `cannot compile: ${compiled.stderr.trim()}`;
  return `floor and pass-through as executable: ${reason}: skipped`;
}

function runtimeOf(executable: string): string | undefined {
  if (!existsSync(executable)) return undefined;
  const { stdout } = spawnSync(executable, ["--version"], { encoding: "utf8" });
  return /"runtime":\s*(?:\{\s*"name":\s*)?"(deno|bun)/i.exec(stdout)?.[1]?.toLowerCase();
}
