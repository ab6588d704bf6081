import { parseDurationMs } from "../lib/duration.ts";
import { withAttached } from "./attached_policies.ts";
import { gatewaysOf } from "./normalise_gateways.ts";
import { listenersOfBind, serversOf } from "./normalise_routes.ts";
import type { Normalised, PortConfig, ProblemPath } from "./normalised.ts";
import { Problems } from "./problems.ts";
import type { Config } from "./schema/index.ts";
import type { Problem } from "./diagnostic.ts";
import { modelsListener } from "./normalise_llm.ts";

/** The port of the `llm` section where it names neither a port nor a gateway. */
const LLM_PORT = 4_000;

/** The reference's name for what is not a named gateway. */
const STANDALONE = "default/default";

/** What a configuration comes to. */
export interface NormaliseResult {
  readonly normalised: Normalised;
  /** What does not fit together. */
  readonly problems: readonly Problem[];
  /** What holds, but may not be what was meant. */
  readonly warnings: readonly Problem[];
}

/** Brings both forms of the configuration into one, and finds what does not fit together. */
export function normalise(config: Config): NormaliseResult {
  const problems = new Problems();
  const ports = [...portsOfBinds(config, problems), ...gatewaysOf(config, problems)];
  const llm = standaloneLlm(config, problems);
  if (llm !== undefined) ports.push(llm);
  refuseSharedPorts(ports, problems);
  return {
    normalised: {
      ports: withAttached(config, ports, problems),
      bodyBytesMax: config.frontendPolicies.http.maxBufferSize,
      handshakeMsMax: parseDurationMs(config.frontendPolicies.tls.handshakeTimeout) ?? 0,
      session: config.config.session,
      modelCatalog: config.config.modelCatalog,
      customFunctions: config.config.customFunctions,
      servers: serversOf(config),
    },
    problems: problems.found,
    warnings: problems.warnings,
  };
}

function portsOfBinds(config: Config, problems: Problems): PortConfig[] {
  return config.binds.map((bind, index) => ({
    at: ["binds", index, "port"],
    port: bind.port,
    gateway: STANDALONE,
    listeners: listenersOfBind(config, bind, ["binds", index], problems),
  }));
}

/** The `llm` section on a port of its own; one that is attached to a gateway is found there. */
function standaloneLlm(config: Config, problems: Problems): PortConfig | undefined {
  const { llm } = config;
  if (llm === undefined || llm.gateways !== undefined) return undefined;
  const isStandalone = llm.port !== undefined || llm.tls !== undefined;
  if (!isStandalone && Object.hasOwn(config.gateways, "default")) return undefined;
  return {
    at: llm.port === undefined ? ["llm"] : ["llm", "port"],
    port: llm.port ?? LLM_PORT,
    gateway: STANDALONE,
    listeners: [modelsListener(llm, problems)],
  };
}

function refuseSharedPorts(ports: readonly PortConfig[], problems: Problems): void {
  const owners = new Map<number, ProblemPath>();
  for (const { port, at } of ports) {
    const owner = owners.get(port);
    if (owner === undefined) owners.set(port, at);
    else problems.add(at, `port ${port} is already taken by ${ownerName(owner)}`);
  }
}

function ownerName(at: ProblemPath): string {
  return at.slice(0, 2).filter((part) => part !== "port").join(".");
}
