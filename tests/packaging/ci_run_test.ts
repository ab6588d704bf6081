import assert from "node:assert/strict";
import { root } from "../support/gateway.ts";

Deno.test(".ci/run adds up test runs and steps", async () => {
  const { code, lines } = await ciRun(`
    case "$*" in
      *"task test") echo "ok | 12 passed (3 steps) | 0 failed (1s)" ;;
      *tests/e2e) echo "$AGENTGATEWAY_FORM" >&2; echo "ok | 5 passed | 0 failed | 2 ignored (1m2s)" ;;
    esac`);
  assert.deepEqual([code, lines.at(-1)], [0, "26 passed, 0 failed, 2 skipped"]);
});

Deno.test(".ci/run counts failed tests, shows their errors, and fails", async () => {
  const { code, lines } = await ciRun(`
    case "$*" in
      *"task test")
        echo "a ... FAILED"; echo " ERRORS"; echo "a is wrong"
        echo "FAILED | 12 passed | 3 failed (1s)"; exit 1 ;;
      *tests/e2e) echo "ok | 5 passed | 0 failed (1s)" ;;
    esac`);
  assert.deepEqual([code, lines.at(-1)], [1, "26 passed, 3 failed"]);
  assert.ok(lines.includes("a is wrong") && !lines.includes("a ... FAILED"));
});

Deno.test(".ci/run counts steps that fail", async () => {
  const { code, lines } = await ciRun(`
    case "$*" in
      *"fmt --check" | *"task build") echo "why it failed"; exit 1 ;;
      *) echo "ok | 1 passed | 0 failed (1s)" ;;
    esac`);
  assert.deepEqual([code, lines.at(-1)], [1, "9 passed, 2 failed"]);
  assert.equal(lines.filter((line) => line === "why it failed").length, 2);
});

Deno.test(".ci/run counts a test run that broke off, or that ran nothing", async () => {
  const { code, lines } = await ciRun(`
    case "$*" in
      *"task test") echo "error: Type checking failed."; exit 1 ;;
      *tests/e2e) echo "ok | 0 passed | 0 failed (1s)" ;;
    esac`);
  assert.deepEqual([code, lines.at(-1)], [1, "9 passed, 2 failed"]);
  assert.ok(lines.includes("error: Type checking failed."));
});

/** Runs it with a stand-in for `npx`, and with one for `systemd-analyze`, so none is installed. */
async function ciRun(npx: string): Promise<{ code: number; lines: readonly string[] }> {
  const folder = await Deno.makeTempDir();
  try {
    for (const [name, script] of [["npx", npx], ["systemd-analyze", ""]]) {
      await Deno.writeTextFile(`${folder}/${name}`, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    }
    const PATH = `${folder}:${Deno.env.get("PATH")}`;
    const command = new Deno.Command(`${root}/.ci/run`, { env: { PATH }, stdin: "null" });
    const { code, stdout } = await command.output();
    return { code, lines: new TextDecoder().decode(stdout).trimEnd().split("\n") };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
