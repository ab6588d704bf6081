import { Hono, type MiddlewareHandler } from "hono";
import { GatewayError } from "../errors.ts";
import type { Exchange, Services } from "../gateway/exchange.ts";
import { handle } from "../gateway/handle.ts";
import type { Arrival, Handler, Host, Server } from "../host/host.ts";
import type { PortPlan, Snapshot } from "../routing/snapshot.ts";
import type { BindAddress } from "./addresses.ts";
import { bind } from "./bind.ts";

/** How long listeners that go away may finish what they serve. */
export interface DrainTimes {
  /** Everything is still served, new connections too. */
  readonly minMs: number;
  /** What is still open is cut. */
  readonly maxMs: number;
}

/** The listeners that serve requests, by the current snapshot. */
export interface DataPlane {
  /**
   * Swaps the snapshot; rejects and changes nothing when a new port cannot be bound, or when
   * everything is about to stop.
   */
  apply(snapshot: Snapshot): Promise<void>;
  /** Stops serving within the drain times. */
  stop(): Promise<void>;
}

interface DataPlaneOptions {
  readonly host: Host;
  readonly services: Services;
  readonly addressesOf: (port: number) => BindAddress;
  /** HTTP-level metrics. */
  readonly middleware: MiddlewareHandler;
  readonly drainTimes: DrainTimes;
}

interface OpenPort {
  plan: PortPlan;
  readonly servers: readonly Server[];
}

/** Starts with no listeners. */
export function createDataPlane(options: DataPlaneOptions): DataPlane {
  const { host, services, drainTimes } = options;
  const open = new Map<number, OpenPort>();
  let isStopping = false;

  async function openPort(plan: PortPlan): Promise<OpenPort> {
    const port: { plan: PortPlan; servers: readonly Server[] } = { plan, servers: [] };
    const app = new Hono<{ Bindings: { arrival: Arrival } }>();
    app.use(options.middleware);
    app.all("*", ({ req, env }) => handle(req.raw, env.arrival, port.plan, services));
    const serve: Handler = (request, arrival) => app.fetch(request, { arrival });
    port.servers = await bind(host, options.addressesOf(plan.port), serve, "traffic");
    return port;
  }

  async function apply({ ports }: Snapshot): Promise<void> {
    const added = [...ports.values()].filter(({ port }) => !open.has(port));
    const opened: [number, OpenPort][] = [];
    try {
      for (const plan of added) opened.push([plan.port, await openPort(plan)]);
      if (isStopping) throw new Error("the gateway is shutting down");
    } catch (cause) {
      for (const [, { servers }] of opened) {
        for (const server of servers) server.drain().catch(services.internalError);
      }
      throw cause;
    }
    for (const [port, value] of opened) open.set(port, value);
    for (const [port, value] of [...open]) {
      const plan = ports.get(port);
      if (plan !== undefined) {
        value.plan = plan;
        continue;
      }
      open.delete(port);
      void drain([value], services, drainTimes);
    }
  }

  return {
    apply,
    async stop() {
      isStopping = true;
      await delay(drainTimes.minMs);
      await drain([...open.values()], services, drainTimes);
      open.clear();
    },
  };
}

/** Lets open requests end by themselves, and cuts at the deadline those that do not. */
async function drain(
  ports: readonly OpenPort[],
  { inFlight, internalError }: Services,
  { maxMs, minMs }: DrainTimes,
): Promise<void> {
  const isServed = servedBy(ports, inFlight);
  const servers = ports.flatMap((port) => port.servers);
  const ended = Promise.all(servers.map((server) => server.drain().catch(internalError)));
  const leftMs = Math.max(0, maxMs - minMs);
  const { promise: late, resolve: giveUp } = Promise.withResolvers<void>();
  const timers = [
    setTimeout(() => {
      for (const exchange of [...inFlight]) {
        if (isServed(exchange)) exchange.abort(shuttingDown());
      }
    }, leftMs),
    setTimeout(giveUp, leftMs + CUT_MS),
  ];
  await Promise.race([ended, late]);
  for (const timer of timers) clearTimeout(timer);
}

/**
 * Tells the requests of ports that go away: those in flight now, and those that still come on their
 * connections. A port of the same number may be back before they have ended.
 */
function servedBy(ports: readonly OpenPort[], inFlight: ReadonlySet<Exchange>) {
  const binds = new Set(ports.map(({ plan }) => plan.bind));
  const plans = new Set(ports.map(({ plan }) => plan));
  const now = new Set([...inFlight].filter(({ plan }) => binds.has(plan.bind)));
  return (exchange: Exchange) => now.has(exchange) || plans.has(exchange.plan);
}

/** How long cut responses may take to reach their clients. */
const CUT_MS = 500;

function shuttingDown(): GatewayError {
  return new GatewayError("unavailable", "the gateway is shutting down", { code: "shutting_down" });
}

function delay(ms: number): Promise<void> {
  return ms <= 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, ms));
}
