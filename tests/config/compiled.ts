import { loadConfig } from "../../src/config/load.ts";
import { normalise } from "../../src/config/normalise.ts";
import { createLimits } from "../../src/runtime/limits.ts";
import { compile } from "../../src/runtime/compile.ts";
import type { Target } from "../../src/routing/backend.ts";
import { requestHead } from "../../src/lib/request_head.ts";
import type { Snapshot } from "../../src/routing/snapshot.ts";

/** Loads, normalises and compiles a configuration as the program does. */
export function compiled(config: object, files: Readonly<Record<string, string>> = {}) {
  const loaded = loadConfig({ name: "c", text: JSON.stringify(config) }, { get: () => undefined });
  if ("diagnostics" in loaded) {
    throw new Error(
      loaded.diagnostics.map(({ path, message }) => `${path}: ${message}`).join("\n"),
    );
  }
  const { normalised, problems } = normalise(loaded.config);
  const read: string[] = [];
  const outside = { now: () => 0, epochMs: () => 0, random: () => 0, warn: () => {} };
  const result = compile(normalised, {
    ...outside,
    limits: createLimits({ redis: undefined, stateFile: "/dev/null" }, outside),
    startedAtS: 42,
    client() {
      throw new Error("nothing is called here");
    },
    keep: (_, make) => make(),
    readFile(path) {
      read.push(path);
      const text = files[path];
      if (text === undefined) throw new Error(`${path} is not there`);
      return text;
    },
  });
  const all = [...problems, ...("problems" in result ? result.problems : [])];
  return {
    normalised,
    problems: all.map((problem) => {
      const { path, message } = loaded.locate(problem);
      return `${path}: ${message}`;
    }),
    read,
    snapshot: "snapshot" in result ? result.snapshot : undefined,
  };
}

/** The route that a request takes on a port. */
export function routeOf(snapshot: Snapshot | undefined, port: number, url = "http://h/") {
  const head = requestHead(new Request(url));
  for (const level of snapshot?.ports.get(port)?.listeners.levels(head.hostname) ?? []) {
    for (const listener of level) {
      const route = listener.findRoute(head);
      if (route !== undefined) return { listener: listener.name, ...route };
    }
  }
  return undefined;
}

/** The target that a request ends at: of an `ai` backend, or of the model of that name. */
export function targetOf(snapshot: Snapshot | undefined, model = ""): Target {
  const [port = 0] = [...snapshot?.ports.keys() ?? []];
  const backend = routeOf(snapshot, port)?.backends[0]?.backend;
  if (backend?.type === "ai" && backend.choice.type === "one") return backend.choice.target;
  const head = requestHead(new Request("http://h/"));
  const found = backend?.type === "models" ? backend.models.find(model, head) : undefined;
  if (found === undefined) throw new Error(`no target for ${model}`);
  return found;
}

/** A configuration of one model. */
export const oneModel = (model: object, more: object = {}) => ({
  llm: { models: [{ name: "m", provider: "openAI", ...model }], ...more },
});

/** A configuration of one route with one backend. */
export const oneRoute = (backend: object, route: object = {}, more: object = {}) => ({
  binds: [{ port: 1, listeners: [{ routes: [{ backends: [backend], ...route }] }] }],
  ...more,
});

export const openAi = (more: object = {}) => ({
  ai: { name: "a", provider: { openAI: {} }, ...more },
});
