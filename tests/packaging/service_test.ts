import assert from "node:assert/strict";
import { type Command, readArguments } from "../../src/cli/arguments.ts";
import { root } from "../support/gateway.ts";

const PROGRAM = "/usr/local/bin/agentgateway";
const CONFIG = "/etc/agentgateway/config.yaml";

const unit = Deno.readTextFileSync(`${root}/packaging/agentgateway.service`);

/** The unit without a systemd is a text; the word `ignored` in the summary counts these tests. */
const hasSystemd = await run("systemd-analyze", "--version").then(({ code }) => code === 0);

Deno.test("the unit holds for systemd-analyze verify", { ignore: !hasSystemd }, async () => {
  const { code, output } = await analyze(["verify"], unit);
  assert.deepEqual({ code, output }, { code: 0, output: "" });
});

Deno.test("the verification sees a mistake", { ignore: !hasSystemd }, async () => {
  const { output } = await analyze(["verify"], unit.replace("Type=exec", "Type=execute"));
  assert.match(output, /Failed to parse service type/);
});

// The scale ends at 10.0; what is open is the network and the just-in-time compiler's memory.
const EXPOSURE = ["security", "--offline=true", "--no-pager", "--threshold=20"];

Deno.test("the unit's exposure is at most 2.0", { ignore: !hasSystemd }, async () => {
  const { code, output } = await analyze(EXPOSURE, unit);
  assert.equal(code, 0, output);
});

Deno.test("the exposure sees what is no longer closed", { ignore: !hasSystemd }, async () => {
  const { code } = await analyze(EXPOSURE, unit.replaceAll(/^(System|Protect).*=.*$/gm, ""));
  assert.notEqual(code, 0);
});

Deno.test("the unit's commands are commands of the gateway", () => {
  const commands = ["ExecStartPre", "ExecStart", "ExecStartPost", "ExecReload"].flatMap(commandsOf);
  const expected: readonly Command[] = [
    { type: "validate", config: CONFIG },
    { type: "serve", config: CONFIG },
    { type: "wait-ready", address: "localhost:15021" },
    { type: "validate", config: CONFIG },
  ];
  assert.deepEqual(commands, expected);
});

Deno.test("the unit gives the drain its time", () => {
  const grace = Number(/^Environment=TERMINATION_GRACE_PERIOD_SECONDS=(\d+)$/m.exec(unit)?.[1]);
  const [stop] = valuesOf("TimeoutStopSec");
  // The gateway drains for 5 seconds less than the grace period.
  assert.ok(grace > 10 && Number(stop) >= grace, `grace ${grace}, stop ${stop}`);
});

function valuesOf(key: string): string[] {
  return [...unit.matchAll(new RegExp(`^${key}=(.*)$`, "gm"))].map(([, value = ""]) => value);
}

function commandsOf(key: string): Command[] {
  const lines = valuesOf(key).map((line) => line.split(" "));
  return lines.filter(([program]) => program === PROGRAM).map(([, ...args]) => readArguments(args));
}

interface Ended {
  readonly code: number;
  readonly output: string;
}

/** Analyzes a unit whose program is there. */
async function analyze(args: readonly string[], text: string): Promise<Ended> {
  const folder = await Deno.makeTempDir();
  try {
    const file = `${folder}/agentgateway.service`;
    await Deno.writeTextFile(file, text.replaceAll(PROGRAM, "/bin/true"));
    return await run("systemd-analyze", ...args, file);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function run(program: string, ...args: readonly string[]): Promise<Ended> {
  try {
    const { code, stdout, stderr } = await new Deno.Command(program, { args: [...args] }).output();
    const decoder = new TextDecoder();
    return { code, output: decoder.decode(stdout) + decoder.decode(stderr) };
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return { code: 127, output: cause.message };
    throw cause;
  }
}
