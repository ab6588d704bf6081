import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { run } from "../../scripts/build/command.ts";
import { BUN_VERSION } from "../../scripts/build/with_bun.ts";
import settings from "../../deno.json" with { type: "json" };
import { root } from "../support/gateway.ts";

/** What came of a scenario. */
export interface Outcome {
  readonly claim: string;
  readonly error?: string;
}

/** What runs on Bun: it finds packages in `node_modules` only, so it gets a folder of its own. */
const SOURCES = [
  "src/host",
  "tests/host",
  "tests/support/certificates.ts",
  "tests/support/until.ts",
];

/** Runs all scenarios on Bun of the executable's version, from the `PATH` or through npm. */
export function runOnBun(): readonly Outcome[] {
  const folder = mkdtempSync(join(tmpdir(), "agentgateway-bun-"));
  try {
    for (const source of SOURCES) {
      mkdirSync(dirname(join(folder, source)), { recursive: true });
      cpSync(join(root, source), join(folder, source), { recursive: true });
    }
    const name = "@hono/node-server";
    writeFileSync(
      join(folder, "deno.json"),
      JSON.stringify({ imports: { [name]: settings.imports[name] } }),
    );
    run([process.execPath, "install", "--quiet", "--node-modules-dir=auto"], {
      cwd: folder,
      timeoutMs: 120_000,
    });
    const output = run([...bunCommand(folder), "run", "tests/host/bun_main.ts"], {
      cwd: folder,
      timeoutMs: 120_000,
    });
    return output.trim().split("\n").map((line): Outcome => JSON.parse(line));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function bunCommand(cwd: string): readonly string[] {
  try {
    if (run(["bun", "--version"], { cwd, timeoutMs: 10_000 }).trim() === BUN_VERSION) {
      return ["bun"];
    }
  } catch {
    // There is none in the `PATH`.
  }
  return ["npx", "--yes", `bun@${BUN_VERSION}`];
}
