import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execPath } from "node:process";
import { fileURLToPath } from "node:url";
import { compileFloor } from "./floor_executable.ts";
import { freePort, type Running, start } from "./processes.ts";
import type { Form } from "./settings.ts";

/** The translating ones have Anthropic's messages as their upstream, the others completions. */
export type TargetName =
  | "direct"
  | "floor"
  | "pass-through"
  | "gateway"
  | "translating floor"
  | "translating gateway";

/** One row of the tables: something that answers chat completions. */
export interface Target {
  readonly name: TargetName;
  readonly form: Form | undefined;
  start(): Promise<Running>;
}

/** What is there to measure, and a sentence for each thing that is not. */
export interface Targets {
  readonly targets: readonly Target[];
  readonly skipped: readonly string[];
}

const root = fileURLToPath(new URL("../", import.meta.url));

/** Starts the mock upstream, a program of its own so that its CPU time is not the gateway's. */
export async function startUpstream(paceMs: number): Promise<Running> {
  const port = await freePort();
  const script = join(root, "bench/mock/upstream.ts");
  const command = [execPath, "run", "-A", script, `${port}`, `${paceMs}`];
  return await start({ command, port, readyPort: port });
}

/** Lists the targets of the given forms; all of them go to the upstream. */
export function findTargets(
  upstream: Running,
  forms: readonly Form[],
  directory: string,
): Targets {
  const targets: Target[] = [direct(upstream)];
  const skipped: string[] = [];
  for (const form of forms) {
    const floor = form === "deno" ? denoFloor : compileFloor(root, directory);
    if (typeof floor === "string") skipped.push(floor);
    else targets.push(...floors(form, floor, upstream.port));
    const gateway = form === "deno" ? denoGateway() : executableGateway();
    if (typeof gateway === "string") skipped.push(gateway);
    else targets.push(...gateways(form, gateway, upstream.port, directory));
  }
  return { targets, skipped };
}

function direct(upstream: Running): Target {
  // The upstream outlives the runs: each takes it as it is.
  const start = () => Promise.resolve({ ...upstream, stop: () => Promise.resolve() });
  return { name: "direct", form: undefined, start };
}

const denoFloor = [execPath, "run", "-A", join(root, "bench/floor.ts")];

function floors(form: Form, command: readonly string[], upstreamPort: number): Target[] {
  const target = (name: TargetName): Target => ({
    name,
    form,
    async start() {
      const port = await freePort();
      return await start({
        command: [...command, `${port}`, `${upstreamPort}`, name],
        // Bun reads its cap of concurrent fetches only from here, and only at the start.
        environment: { BUN_CONFIG_MAX_HTTP_REQUESTS: "65535" },
        port,
        readyPort: port,
      });
    },
  });
  return [target("floor"), target("pass-through"), target("translating floor")];
}

/** The command of `deno task start`, up to the name of its config; or why there is none. */
function denoGateway(): readonly string[] | string {
  if (!existsSync(join(root, "src/main.ts"))) return "gateway on deno: no src/main.ts: skipped";
  const task = startTask(JSON.parse(readFileSync(join(root, "deno.json"), "utf8")));
  const words = task?.split(/\s+/) ?? [];
  const config = words.findIndex((word) => ["-c", "--config", "-f", "--file"].includes(word));
  if (words[0] !== "deno" || config < 0) {
    return "gateway on deno: deno.json has no task `start` like `deno run ... -c FILE`: skipped";
  }
  return [execPath, ...words.slice(1, config + 1)];
}

function startTask(settings: unknown): string | undefined {
  const tasks = field(settings, "tasks");
  const start = field(tasks, "start");
  const command = typeof start === "string" ? start : field(start, "command");
  return typeof command === "string" ? command : undefined;
}

function field(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return new Map(Object.entries(value)).get(name);
}

function executableGateway(): readonly string[] | string {
  const file = join(root, "dist/agentgateway");
  if (existsSync(file)) return [file, "-c"];
  return "gateway as executable: no dist/agentgateway (run `deno task build`): skipped";
}

function gateways(
  form: Form,
  command: readonly string[],
  upstreamPort: number,
  directory: string,
): Target[] {
  const target = (name: TargetName, provider: string): Target => ({
    name,
    form,
    async start() {
      const [port, admin, stats, ready] = [
        await freePort(),
        await freePort(),
        await freePort(),
        await freePort(),
      ];
      const file = join(directory, `gateway-${form}-${provider}.yaml`);
      writeFileSync(file, gatewayConfig(provider, { port, admin, stats, ready, upstreamPort }));
      return await start({ command: [...command, file], cwd: root, port, readyPort: ready });
    },
  });
  return [target("gateway", "openAI"), target("translating gateway", "anthropic")];
}

interface Ports {
  readonly port: number;
  readonly admin: number;
  readonly stats: number;
  readonly ready: number;
  readonly upstreamPort: number;
}

function gatewayConfig(
  provider: string,
  { port, admin, stats, ready, upstreamPort }: Ports,
): string {
  return `config:
  adminAddr: 127.0.0.1:${admin}
  statsAddr: 127.0.0.1:${stats}
  readinessAddr: 127.0.0.1:${ready}
frontendPolicies:
  http:
    maxBufferSize: ${16 * 1024 * 1024}
llm:
  port: ${port}
  models:
  - name: "*"
    provider: ${provider}
    params:
      apiKey: sk-bench
      baseUrl: http://127.0.0.1:${upstreamPort}/v1
`;
}
