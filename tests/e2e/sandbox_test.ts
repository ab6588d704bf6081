import assert from "node:assert/strict";
import { Child, type Exit } from "../support/child.ts";
import { form, root, runGateway, startCommand } from "../support/gateway.ts";
import { within } from "../support/until.ts";

/** Things that a gateway under its permissions may not do, and one that it may. */
const attempts = {
  "run a program": `new Deno.Command("true").outputSync()`,
  "write a file beside its config": `Deno.writeTextFileSync("DIRECTORY/written", "x")`,
  "write over its config": `Deno.writeTextFileSync("DIRECTORY/probe.ts", "x")`,
  "remove a file": `Deno.removeSync("DIRECTORY/probe.ts")`,
  "make a folder": `Deno.mkdirSync("DIRECTORY/folder")`,
  "load a library": `Deno.dlopen("libc.so.6", {})`,
} as const;

if (form === "deno") {
  for (const [what, code] of Object.entries(attempts)) {
    Deno.test(`under the start task's permissions the gateway cannot ${what}`, async () => {
      const { code: exitCode, stdout, stderr } = await probe(code);
      assert.equal(exitCode, 0, stderr);
      assert.equal(stdout, "NotCapable\n", stderr);
    });
  }

  Deno.test("under the start task's permissions variables that are not named are hidden", async () => {
    const { stdout, stderr } = await probe(
      `if (Deno.env.get("PATH") !== undefined || "PATH" in Deno.env.toObject()) throw "seen"`,
    );
    assert.equal(stdout, "allowed\n", stderr);
  });

  Deno.test("under the start task's permissions nothing is spawned through node either", async () => {
    const { stdout, stderr } = await probe(
      `const { spawnSync } = await import("node:child_process");` +
        `spawnSync("/bin/sh", ["-c", "echo x > DIRECTORY/spawned"]);` +
        `Deno.statSync("DIRECTORY/spawned")`,
    );
    assert.equal(stdout, "NotFound\n", stderr);
  });

  Deno.test("under the start task's permissions the gateway can read and listen", async () => {
    const { stdout, stderr } = await probe(
      `Deno.readTextFileSync("DIRECTORY/probe.ts"); Deno.listen({ port: 0 }).close()`,
    );
    assert.equal(stdout, "allowed\n", stderr);
  });

  Deno.test("a config that needs another variable says how to allow it", async () => {
    const yaml = "llm:\n  models:\n  - {name: m, provider: openAI, params: {apiKey: $OWN_KEY}}\n";
    const environment = { OWN_KEY: "sk-own" };
    await using child = runGateway(["-c", yaml, "--validate-only"], { environment });
    const { code, stderr } = await within("the check has ended", 15_000, child.exit);
    assert.equal(code, 1);
    assert.match(stderr, /OWN_KEY.*--allow-env=OWN_KEY/);
  });
}

/** Runs code under exactly the permissions of the start task; prints what became of it. */
async function probe(code: string): Promise<Exit> {
  const directory = await Deno.makeTempDir();
  try {
    const path = `${directory}/probe.ts`;
    await Deno.writeTextFile(
      path,
      `try {\n  ${code.replaceAll("DIRECTORY", directory)};\n  console.log("allowed");\n` +
        `} catch (error) {\n  console.log(error instanceof Error ? error.name : error);\n}\n`,
    );
    const [program = "", ...command] = startCommand();
    // The permission set is named in deno.json, which Deno looks for beside the module.
    const args = [...command.slice(0, -1), `--config=${root}/deno.json`, "--no-check", path];
    await using child = new Child({ program, args, cwd: root, environment: Deno.env.toObject() });
    return await within("the probe has ended", 15_000, child.exit);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}
