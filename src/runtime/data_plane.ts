import { Hono, type MiddlewareHandler } from "hono";
import { GatewayError } from "../errors.ts";
import type { Exchange, Services } from "../gateway/exchange.ts";
import { openExchange } from "../gateway/open_exchange.ts";
import { handle } from "../gateway/handle.ts";
import { refuse } from "../gateway/refuse.ts";
import type { Arrival, Handler, Host, Server } from "../host/host.ts";
import { requestHead } from "../lib/request_head.ts";
import type { PortTls } from "../routing/port_tls.ts";
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
  servers: readonly Server[];
}

/** Starts with no listeners. */
export function createDataPlane(options: DataPlaneOptions): DataPlane {
  const { services, drainTimes } = options;
  const open = new Map<number, OpenPort>();
  let isStopping = false;

  async function openAll(plans: readonly PortPlan[]): Promise<readonly OpenPort[]> {
    const opened: OpenPort[] = [];
    try {
      for (const plan of plans) opened.push(await openPort(plan, options));
      if (isStopping) throw new Error("the gateway is shutting down");
      return opened;
    } catch (cause) {
      for (const { servers } of opened) {
        for (const server of servers) server.drain().catch(services.internalError);
      }
      throw cause;
    }
  }

  function close(port: number, value: OpenPort): void {
    open.delete(port);
    void drain([value], services, drainTimes);
  }

  async function apply({ ports }: Snapshot): Promise<void> {
    const plans = [...ports.values()];
    const added = await openAll(plans.filter(({ port }) => !open.has(port)));
    for (const value of added) open.set(value.plan.port, value);
    for (const [port, value] of [...open]) {
      const plan = ports.get(port);
      if (plan !== undefined && isSameTls(plan.tls, value.plan.tls)) update(value, plan);
      else close(port, value);
    }
    // An address is free for other TLS once its listener is closed.
    const changed = await openAll(plans.filter(({ port }) => !open.has(port)));
    for (const value of changed) open.set(value.plan.port, value);
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

async function openPort(plan: PortPlan, options: DataPlaneOptions): Promise<OpenPort> {
  const port: OpenPort = { plan, servers: [] };
  const app = new Hono<{ Bindings: { arrival: Arrival } }>();
  app.use(options.middleware);
  app.all("*", ({ req, env }) => answer(req.raw, env.arrival, port.plan, options.services));
  const serve: Handler = (request, arrival) => app.fetch(request, { arrival });
  const addresses = options.addressesOf(plan.port);
  port.servers = await bind(options.host, addresses, serve, "traffic", plan.tls);
  return port;
}

function update(port: OpenPort, plan: PortPlan): void {
  const isNew = port.plan !== plan;
  port.plan = plan;
  if (plan.tls === undefined || !isNew) return;
  for (const server of port.servers) server.useCertificates?.(plan.tls);
}

/** Whether one listener can serve the one as well as the other; certificates do not matter. */
function isSameTls(left: PortTls | undefined, right: PortTls | undefined): boolean {
  if (left === undefined || right === undefined) return left === right;
  return left.asksForCertificate === right.asksForCertificate &&
    left.handshakeMsMax === right.handshakeMsMax &&
    left.minVersion === right.minVersion && left.maxVersion === right.maxVersion;
}

function answer(
  request: Request,
  arrival: Arrival,
  plan: PortPlan,
  services: Services,
): Promise<Response> | Response {
  if (arrival.tls === undefined || plan.tls === undefined) {
    return handle(request, arrival, plan, services);
  }
  const { hostname } = requestHead(request);
  if (plan.tls.accepts(arrival.tls.serverName, hostname)) {
    return handle(request, arrival, plan, services);
  }
  const exchange = openExchange(request, arrival, plan, services);
  const response = refuse(exchange, misdirected(hostname));
  exchange.settle("refused");
  return response;
}

function misdirected(hostname: string): GatewayError {
  return new GatewayError("not-found", `this connection is not for ${hostname}`, {
    status: 421,
    code: "misdirected_request",
  });
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
