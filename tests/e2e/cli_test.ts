import assert from "node:assert/strict";
import type { Exit } from "../support/child.ts";
import { form, root, runGateway } from "../support/gateway.ts";
import { at } from "../support/json.ts";
import { freePorts } from "../support/ports.ts";
import { until, within } from "../support/until.ts";

interface Run {
  readonly args: readonly string[];
  readonly stdin?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Runs the command line to its end. */
async function run({ args, ...options }: Run): Promise<Exit> {
  await using child = runGateway(args, options);
  return await within("the command has ended", 15_000, child.exit);
}

async function withFile(text: string, check: (path: string) => Promise<void>): Promise<void> {
  const path = await Deno.makeTempFile({ suffix: ".yaml" });
  try {
    await Deno.writeTextFile(path, text);
    await check(path);
  } finally {
    await Deno.remove(path);
  }
}

const good = "llm:\n  port: 4000\n  models:\n  - name: '*'\n    provider: mock\n";

Deno.test("--validate-only takes the config by every flag and in every form", async () => {
  await withFile(good, async (path) => {
    for (const flag of ["-c", "--config", "-f", "--file"]) {
      for (const [value, stdin] of [[path], [good], ["-", good]] as const) {
        const args = [flag, value, "--validate-only"];
        const exit = await run({ args, ...(stdin && { stdin }) });
        const { code, stdout, stderr } = exit;
        assert.deepEqual({ code, stdout, stderr }, {
          code: 0,
          stdout: "Configuration is valid!\n",
          stderr: "",
        }, args.join(" "));
      }
    }
  });
});

const bad = `llm:
  port: 70000
  modles: []
  models:
  - name: "a*b*c"
    provider: opnai
    params:
      apiKey: "$AGENTGATEWAY_NEVER_SET"
      baseUrl: nonsense
  - name: x
    provider: openAI
    virtualModels: 1
`;

Deno.test("a bad config gives all its errors at once, by line and column", async () => {
  await withFile(bad, async (path) => {
    for (const more of [["--validate-only"], []]) {
      const { code, stderr, stdout } = await run({ args: ["-c", path, ...more] });
      assert.equal(code, 1, stderr);
      assert.equal(stdout, "");
      const lines = stderr.trimEnd().split("\n");
      assert.ok(lines.length >= 5, stderr);
      for (const line of lines) {
        assert.ok(line.startsWith(`${path}:`), line);
        assert.match(line.slice(path.length), /^:\d+:\d+: [\w.[\]*]+: .+/, line);
      }
      assert.match(stderr, /:2:\d+: llm\.port: /);
      assert.match(stderr, /:3:\d+: llm\.modles: .*did you mean .?models/);
      assert.match(stderr, /:6:\d+: .*provider: .*did you mean .*openai/i);
      assert.match(stderr, /:8:\d+: .*AGENTGATEWAY_NEVER_SET/);
    }
  });
});

Deno.test("errors of a config on standard input and inline name their source", async () => {
  const wrong = "llm:\n  prot: 1\n";
  const piped = await run({ args: ["-c", "-"], stdin: wrong });
  const inline = await run({ args: ["-c", wrong] });
  for (const { code, stderr } of [piped, inline]) {
    assert.equal(code, 1);
    assert.match(stderr, /^\S+:2:\d+: llm\.prot: .*did you mean .?port/m);
  }
});

Deno.test("broken YAML is told with its place and without a stack trace", async () => {
  await withFile("llm:\n  models: [\n  port: 1\n", async (path) => {
    const { code, stderr } = await run({ args: ["-c", path] });
    assert.equal(code, 1);
    assert.ok(stderr.startsWith(`${path}:`), stderr);
    assert.doesNotMatch(stderr, /^\s+at /m);
  });
});

Deno.test("a secret never appears in an error", async () => {
  const yaml = (key: string) =>
    `llm:\n  models:\n  - name: m\n    provider: openAI\n    params: {apiKey: ${key}, x: 1}\n`;
  for (const key of ["[sk-hidden]", "{value: sk-hidden}", "sk-hidden"]) {
    const { code, stderr } = await run({ args: ["-c", yaml(key), "--validate-only"] });
    assert.equal(code, 1, stderr);
    assert.doesNotMatch(stderr, /hidden/);
  }
});

Deno.test("keys that are not built yet are refused by name", async () => {
  const yaml = "llm:\n  models: []\n  policies: {extProc: {}}\nui: {}\nmcp: {}\n";
  const { code, stderr } = await run({ args: ["-c", yaml, "--validate-only"] });
  assert.equal(code, 1);
  for (const key of ["llm.policies.extProc", "ui", "mcp"]) {
    const escaped = key.replaceAll(".", "\\.");
    assert.match(stderr, new RegExp(`: ${escaped}: not supported yet`), key);
  }
});

Deno.test("a file that is not there gives one clear line", async () => {
  const { code, stderr } = await run({ args: ["-c", "/nowhere/config.yaml"] });
  assert.equal(code, 1);
  assert.match(stderr, /^.*\/nowhere\/config\.yaml.*no such file.*\n$/i);
});

Deno.test("--version prints JSON, -V the version, --help the usage", async () => {
  const version = await run({ args: ["--version"] });
  const json: unknown = JSON.parse(version.stdout);
  const project: unknown = JSON.parse(Deno.readTextFileSync(`${root}/deno.json`));
  assert.equal(at(json, "version"), at(project, "version"));
  assert.equal(typeof at(json, "git_revision"), "string");
  assert.equal(at(json, "runtime"), form === "deno" ? "deno" : at(json, "runtime"));
  assert.match(String(at(json, "runtime_version")), /^\d+\.\d+/);
  const pinned = String(at(project, "imports", "hono")).split("@").at(-1);
  assert.equal(at(json, "dependencies", "hono"), pinned);
  const short = await run({ args: ["-V"] });
  assert.equal(short.stdout, `${at(project, "version")}\n`);
  const help = await run({ args: ["--help"] });
  assert.match(help.stdout, /--validate-only/);
  const shortHelp = await run({ args: ["-h"] });
  assert.equal(shortHelp.stdout, help.stdout);
  for (const { code, stderr } of [version, short, help]) {
    assert.deepEqual([code, stderr], [0, ""]);
  }
});

Deno.test("a wrong command line exits with 2 and says why", async () => {
  for (const args of [[], ["--nonsense"], ["-c"], ["serve"], ["-c", good, "-f", good]]) {
    const { code, stdout, stderr } = await run({ args });
    assert.equal(code, 2, `${args}: ${stderr}`);
    assert.equal(stdout, "");
    assert.notEqual(stderr, "");
    assert.doesNotMatch(stderr, /^\s+at /m);
  }
});

Deno.test("a port that is taken gives one clear error and exit code 1", async () => {
  const [admin, stats, readiness] = freePorts(3);
  using taken = Deno.listen({ hostname: "0.0.0.0", port: 0 });
  const { port } = taken.addr;
  const yaml = `config: {adminAddr: "127.0.0.1:${admin}", statsAddr: "127.0.0.1:${stats}", ` +
    `readinessAddr: "127.0.0.1:${readiness}"}\n${good.replace("4000", String(port))}`;
  const { code, stderr } = await run({ args: ["-c", yaml] });
  assert.equal(code, 1, stderr);
  assert.match(stderr, new RegExp(`${port}.*in use|in use.*${port}`, "i"));
  assert.doesNotMatch(stderr, /^\s+at /m);
});

Deno.test("the gateway serves a config from standard input and inline", async () => {
  for (const isInline of [false, true]) {
    const [admin, stats, readiness, port] = freePorts(4);
    const yaml = `config: {adminAddr: "127.0.0.1:${admin}", statsAddr: "127.0.0.1:${stats}", ` +
      `readinessAddr: "127.0.0.1:${readiness}"}\n${good.replace("4000", String(port))}`;
    await using child = isInline
      ? runGateway(["-c", yaml])
      : runGateway(["--file", "-"], { stdin: yaml });
    const answer = await until("it answers", async () => {
      const response = await fetch(`http://127.0.0.1:${port}/v1/models`);
      return await response.text();
    }, 15_000);
    assert.match(answer, /"object":\s*"list"/);
    assert.ok(child.running);
  }
});
