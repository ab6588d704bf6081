import assert from "node:assert/strict";
import { BuildError, run } from "../../scripts/build/command.ts";
import { shippedSettings } from "../../scripts/build/stage.ts";
import { root } from "../support/gateway.ts";

const OPTIONS = { cwd: root, timeoutMs: 10_000 };

Deno.test("shippedSettings() keeps the packages that the program imports, and no tools", () => {
  const settings = {
    version: "1.2.3",
    unstable: ["a"],
    permissions: {},
    tasks: { start: "deno run" },
    imports: { used: "npm:used@1.0.0", unused: "npm:unused@1.0.0" },
  };
  assert.deepEqual(shippedSettings(settings, { used: new Set(["npm:used@1.0.0"]) }), {
    version: "1.2.3",
    unstable: ["a"],
    permissions: {},
    imports: { used: "npm:used@1.0.0" },
  });
});

Deno.test("run() answers what a command prints", () => {
  assert.equal(run(["sh", "-c", "echo one; echo two >&2"], OPTIONS), "one\n");
});

Deno.test("run() tells a failure in one line, with the place that it names", () => {
  const script = "echo note; echo 'error: Unexpected =' >&2; echo '  at a.ts:1:2' >&2; exit 1";
  assert.throws(
    () => run(["sh", "-c", script], { ...OPTIONS, name: "compiler" }),
    new BuildError("compiler failed: Unexpected = at a.ts:1:2"),
  );
});

Deno.test("run() says which command is missing", () => {
  assert.throws(() => run(["no-such-program", "build"], OPTIONS), {
    name: "BuildError",
    message: /^no-such-program build cannot run: .*ENOENT$/,
  });
});

Deno.test("the build refuses arguments that it does not know, in one line", async () => {
  for (const args of [["--with", "nothing"], ["--fast"]]) {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-q", "-A", "scripts/build.ts", ...args],
      cwd: root,
    }).output();
    const lines = new TextDecoder().decode(stderr).trimEnd().split("\n");
    assert.deepEqual([code, stdout.length, lines.length], [1, 0, 1]);
    assert.match(lines.join(), /^build: /);
  }
});

Deno.test("shippedSettings() keeps a package of which only modules are imported", () => {
  const imports = {
    "@a/b": "npm:@a/b@1.0.0",
    "@a/b/": "npm:/@a/b@1.0.0/",
    "@a/c": "npm:@a/c@1.0.0",
  };
  const settings = { version: "1", unstable: [], permissions: {}, imports };
  const { imports: kept } = shippedSettings(settings, {
    used: new Set(["npm:/@a/b@1.0.0/deep/module"]),
  });
  assert.deepEqual(Object.keys(kept), ["@a/b", "@a/b/"]);
});
