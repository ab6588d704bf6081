import { formatDiagnostic } from "../../src/config/diagnostic.ts";
import { loadConfig } from "../../src/config/load.ts";
import { normalise } from "../../src/config/normalise.ts";
import type { Exchange, Services } from "../../src/gateway/exchange.ts";
import type { Facts } from "../../src/gateway/facts.ts";
import { handle } from "../../src/gateway/handle.ts";
import type { Client, ConnectionOptions } from "../../src/host/host.ts";
import { denoHost } from "../../src/host/deno.ts";
import { createLimits } from "../../src/runtime/limits.ts";
import { compile } from "../../src/runtime/compile.ts";
import { keptState } from "../../src/runtime/kept_state.ts";

/** A gateway in the process of the test: all of it but listeners, logs and metrics. */
export interface InProcessGateway extends Disposable {
  /** Answers a request as if it had arrived at the first port. */
  ask(request: Request): Promise<Response>;
  /** `fetch` for a client that is told to use another. */
  readonly fetch: typeof fetch;
  /** The facts of every request that has ended, oldest first. */
  readonly settled: readonly Facts[];
}

const OUTSIDE = {
  now: () => performance.now(),
  epochMs: () => Date.now(),
  random: Math.random,
  warn: () => {},
};

/** Starts a gateway on a configuration; throws with its mistakes. */
export function inProcess(yaml: string): InProcessGateway {
  const loaded = loadConfig({ name: "config", text: yaml }, { get: () => undefined });
  if ("diagnostics" in loaded) throw mistakes(loaded.diagnostics.map(formatDiagnostic));
  const { normalised, problems } = normalise(loaded.config);
  const clients = new Map<ConnectionOptions | undefined, Client>();
  const clientFor = (connection?: ConnectionOptions) => {
    const known = clients.get(connection) ??
      denoHost().client({ poolIdleTimeoutMs: 10_000, connection });
    clients.set(connection, known);
    return known;
  };
  const compiled = compile(normalised, {
    ...OUTSIDE,
    limits: createLimits({ redis: undefined, stateFile: "/dev/null" }, OUTSIDE),
    client: clientFor,
    keep: keptState().begin().keep,
    startedAtS: 0,
    readFile: (path) => Deno.readTextFileSync(path),
  });
  const all = [...problems, ..."problems" in compiled ? compiled.problems : []];
  if (!("snapshot" in compiled) || all.length > 0) {
    throw mistakes(all.map((problem) => formatDiagnostic(loaded.locate(problem))));
  }
  const [plan] = compiled.snapshot.ports.values();
  if (plan === undefined) throw new Error("the configuration has no port");
  const settled: Facts[] = [];
  const services: Services = {
    client: clientFor(),
    observer: { settled: (facts) => void settled.push(structuredClone(facts)) },
    clock: { now: () => performance.now(), epochMs: () => Date.now() },
    random: Math.random,
    heldMsMax: 10_000,
    inFlight: new Set<Exchange>(),
    internalError: (error) => {
      throw error;
    },
  };
  const ask = (request: Request) => handle(request, { peer: "127.0.0.1:1" }, plan, services);
  return {
    ask,
    fetch: (input, init) => ask(new Request(input, init)),
    settled,
    [Symbol.dispose]: () => clients.forEach((client) => client.close()),
  };
}

function mistakes(lines: readonly string[]): Error {
  return new Error(`the configuration does not hold:\n${lines.join("\n")}`);
}
