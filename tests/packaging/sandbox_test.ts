import assert from "node:assert/strict";
import { PROCESS_VARIABLES } from "../../src/runtime/process_settings.ts";
import { root } from "../support/gateway.ts";
import { permittedVariables, taskCommand } from "./tasks.ts";

/** What the gateway needs, and all that it gets. */
const EXPECTED = {
  listen: "granted",
  read: "granted",
  "process variable": "granted",
  "provider key": "granted",
  "own variable": "granted",
  "cloud variable": "granted",
  "other variable": "hidden",
  "all variables": "hidden",
  "set variable": "hidden",
  write: "denied",
  remove: "denied",
  "write here": "denied",
  run: "denied",
  ffi: "denied",
  "host name": "denied",
  "memory of the system": "denied",
};

for (const task of ["start", "serve"]) {
  Deno.test(`task ${task} cannot run a program, write a file or read other variables`, async () => {
    const folder = await Deno.makeTempDir();
    try {
      await Deno.writeTextFile(`${folder}/readable`, "");
      const probe = "tests/packaging/sandbox_probe.ts";
      const output = await runInstead(task, [probe, `${folder}/readable`, `${folder}/written`]);
      assert.deepEqual(JSON.parse(output), EXPECTED);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

Deno.test("task start runs the example, task serve what it is given", () => {
  assert.equal(taskCommand("start"), `${taskCommand("serve")} -c config.example.yaml`);
});

Deno.test("the tasks permit every variable that sets the process up", () => {
  const permitted = permittedVariables();
  assert.deepEqual(PROCESS_VARIABLES.filter((name) => !permitted.includes(name)), []);
});

/** Runs another module with the permissions of a task. */
async function runInstead(task: string, module: readonly string[]): Promise<string> {
  const [program, ...words] = taskCommand(task).split(" ");
  assert.equal(program, "deno");
  const flags = words.slice(0, words.findIndex((word) => word.endsWith(".ts")));
  const command = new Deno.Command(Deno.execPath(), { args: [...flags, ...module], cwd: root });
  const { stdout, stderr } = await command.output();
  assert.equal(new TextDecoder().decode(stderr), "");
  return new TextDecoder().decode(stdout);
}
