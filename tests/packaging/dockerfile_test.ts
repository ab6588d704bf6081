import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readArguments } from "../../src/cli/arguments.ts";
import { root } from "../support/gateway.ts";
import { execForm, isIgnored, parseDockerfile } from "./dockerfile.ts";
import { taskCommand } from "./tasks.ts";

const instructions = parseDockerfile(read("packaging/Dockerfile"));
const dockerignore = read(".dockerignore");

Deno.test("parseDockerfile() joins continued lines and counts stages", () => {
  assert.deepEqual(parseDockerfile("# note\nFROM a\nRUN b \\\n  c\n\nFROM d\n"), [
    { name: "FROM", text: "a", stage: 0 },
    { name: "RUN", text: "b c", stage: 0 },
    { name: "FROM", text: "d", stage: 1 },
  ]);
});

Deno.test("isIgnored() lets later lines win, and keeps what is below a kept folder", () => {
  const text = "# note\n*\n!src\n";
  assert.deepEqual(["src", "src/main.ts", "srcs", "docs/a.md"].map((it) => isIgnored(it, text)), [
    false,
    false,
    true,
    true,
  ]);
});

Deno.test("the Dockerfile copies only files of the context that are there", () => {
  const copies = instructions.filter(({ name, text }) => name === "COPY" && !text.includes("--"));
  const sources = copies.flatMap(({ text }) => text.split(/\s+/).slice(0, -1));
  assert.ok(sources.length > 0);
  for (const source of sources) {
    assert.ok(existsSync(`${root}/${source}`), `${source} does not exist`);
    assert.ok(!isIgnored(source, dockerignore), `${source} is in .dockerignore`);
  }
});

Deno.test("the Dockerfile gives the build all that it stages", () => {
  const staged = read("scripts/build/stage.ts").matchAll(/for \(const name of \[([^\]]*)\]/g);
  const needed = [...staged].flatMap(([, names = ""]) => names.match(/[\w.]+/g) ?? []);
  const copied = instructions.filter(({ name, stage }) => name === "COPY" && stage === 0)
    .flatMap(({ text }) => text.split(/\s+/).slice(0, -1));
  assert.deepEqual([...needed, "scripts"].filter((name) => !copied.includes(name)), []);
});

Deno.test("the Dockerfile builds with the task, by the Deno that CI runs", () => {
  const [build] = instructions.filter(({ name }) => name === "RUN");
  const [, version, task = ""] =
    /^npx --yes deno@(\S+) task (\S+) --with bun --revision "\$REVISION"$/
      .exec(build?.text ?? "") ?? [];
  assert.match(taskCommand(task), /scripts\/build\.ts$/);
  assert.ok(read(".ci/run").includes(`deno@${version}`), `CI runs another Deno than ${version}`);
});

Deno.test("the image takes the executable from where the task leaves it", () => {
  const [copy] = instructions.filter(({ text }) => text.includes("--from=build"));
  assert.match(copy?.text ?? "", /^--from=build \/src\/dist\/agentgateway \/usr\/local\/bin\//);
});

Deno.test("the image's commands are commands of the gateway", () => {
  const only = (name: string) => instructions.find((it) => it.name === name)?.text ?? "[]";
  const [program, ...args] = [...execForm(only("ENTRYPOINT")), ...execForm(only("CMD"))];
  const config = "/etc/agentgateway/config.yaml";
  assert.equal(program, "/usr/local/bin/agentgateway");
  assert.deepEqual(readArguments(args), { type: "serve", config });
  const [probe, ...probeArgs] = execForm(only("HEALTHCHECK"));
  assert.equal(probe, program);
  const waitReady = { type: "wait-ready", address: "localhost:15021" };
  assert.deepEqual(readArguments(probeArgs), waitReady);
  const copied = instructions.some(({ name, text }) => name === "COPY" && text.endsWith(config));
  assert.ok(copied, `nothing is copied to ${config}`);
});

function read(path: string): string {
  return Deno.readTextFileSync(`${root}/${path}`);
}
