import { loadConfig } from "../../src/config/load.ts";
import { normalise, type NormaliseResult } from "../../src/config/normalise.ts";
import type { TargetConfig, UpstreamConfig } from "../../src/config/normalised.ts";

/** Loads and normalises a configuration that has to hold by itself. */
export function normalised(config: object): NormaliseResult {
  const loaded = loadConfig({ name: "c", text: JSON.stringify(config) }, { get: () => undefined });
  if ("diagnostics" in loaded) {
    throw new Error(loaded.diagnostics.map((one) => `${one.path}: ${one.message}`).join("\n"));
  }
  return normalise(loaded.config);
}

function backendOf({ normalised: { ports } }: NormaliseResult) {
  const backend = ports[0]?.listeners[0]?.routes[0]?.backends[0]?.backend;
  if (backend === undefined) throw new Error("no backend");
  return backend;
}

/** The provider of the first route, or the one of the first model. */
export function targetConfigOf(result: NormaliseResult): TargetConfig {
  const backend = backendOf(result);
  const target = backend.type === "ai"
    ? backend.groups[0]?.[0]
    : backend.type === "models"
    ? backend.models[0]?.target
    : undefined;
  if (target === undefined) throw new Error("no target");
  return target;
}

/** The plain upstream of the first route. */
export function upstreamConfigOf(result: NormaliseResult): UpstreamConfig {
  const backend = backendOf(result);
  if (backend.type !== "host") throw new Error("no plain upstream");
  return backend.upstream;
}
