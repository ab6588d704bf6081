import assert from "node:assert/strict";
import { layerViolations } from "./layers.ts";
import { parseModule } from "./module.ts";

function messages(path: string, specifier: string): string[] {
  const module = parseModule(path, `import { x } from "${specifier}";`);
  return layerViolations(module).map(({ message }) => message);
}

const ALLOWED = [
  ["src/routing/match.ts", "../lib/sse.ts"],
  ["src/lib/read_body.ts", "../errors.ts"],
  ["src/routing/match.ts", "./route.ts"],
  ["src/gateway/upstream.ts", "../host/host.ts"],
  ["src/telemetry/metrics.ts", "../gateway/facts.ts"],
  ["src/cli/serve.ts", "../telemetry/metrics.ts"],
  ["src/main.ts", "./host/index.ts"],
  ["src/host/index.ts", "./bun.ts"],
  ["src/providers/index.ts", "./some/index.ts"],
  ["src/providers/some/index.ts", "./settings.ts"],
  ["src/providers/some/index.ts", "../provider.ts"],
  ["src/cli/run.ts", "../../schema/config.json"],
] as const;

for (const [path, specifier] of ALLOWED) {
  Deno.test(`layerViolations() lets ${path} import ${specifier}`, () => {
    assert.deepEqual(messages(path, specifier), []);
  });
}

const REFUSED = [
  ["src/lib/sse.ts", "../chat/usage.ts", "lib may not import src/chat/usage.ts"],
  ["src/errors.ts", "./lib/quote.ts", "errors may not import src/lib/quote.ts"],
  ["src/gateway/a.ts", "../runtime/b.ts", "gateway may not import src/runtime/b.ts"],
  ["src/policies/a.ts", "../providers/b.ts", "policies may not import src/providers/b.ts"],
  ["src/routing/a.ts", "../host/host.ts", "routing may not import src/host/host.ts"],
  ["src/host/bun.ts", "../errors.ts", "host may not import src/errors.ts"],
  ["src/telemetry/a.ts", "../gateway/meter.ts", "telemetry may not import src/gateway/meter.ts"],
  ["src/gateway/a.ts", "../telemetry/b.ts", "gateway may not import src/telemetry/b.ts"],
  [
    "src/runtime/a.ts",
    "../host/deno.ts",
    "src/host/deno.ts is not for src/runtime/a.ts: import the list or the interface",
  ],
  [
    "src/config/a.ts",
    "../providers/some/index.ts",
    "src/providers/some/index.ts is not for src/config/a.ts: import the list or the interface",
  ],
  [
    "src/providers/one/index.ts",
    "../two/index.ts",
    "src/providers/one may not import its sibling src/providers/two/index.ts",
  ],
  ["src/gateway/a.ts", "../../deno.json", "src may not import deno.json"],
  [
    "src/novel/a.ts",
    "../errors.ts",
    "src/novel/a.ts is in no layer: name its folder in the list of layers",
  ],
] as const;

for (const [path, specifier, message] of REFUSED) {
  Deno.test(`layerViolations() refuses ${path} to import ${specifier}`, () => {
    assert.deepEqual(messages(path, specifier), [message]);
  });
}
