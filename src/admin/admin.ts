import { Hono } from "hono";
import type { MiddlewareHandler } from "hono";

/** What the admin endpoints show and do. */
export interface AdminOptions {
  /** The configuration in force, without secrets. */
  readonly configDump: () => unknown;
  readonly runtimeInfo: () => unknown;
  readonly levels: LevelControl;
  readonly shutDown: () => void;
}

/** The log level of the process. */
export interface LevelControl {
  current(): string;
  /** Adds directives; answers what is wrong with them, if anything is. */
  add(directives: string): string | undefined;
  reset(): void;
}

/** The management endpoints; meant for loopback. */
export function adminApp({ configDump, runtimeInfo, levels, shutDown }: AdminOptions): Hono {
  const app = new Hono();
  app.use(refuseForeignPages);
  app.get("/", (c) => c.html(INDEX));
  app.get(
    "/config_dump",
    (c) =>
      c.body(JSON.stringify(configDump(), null, 2), 200, { "content-type": "application/json" }),
  );
  app.get("/api/runtime", (c) => c.json(runtimeInfo()));
  app.post("/logging", (c) => {
    const level = c.req.query("level");
    const wrong = level === undefined ? undefined : levels.add(level);
    if (wrong !== undefined) {
      return c.text(`Invalid level provided: ${wrong}\n${LOGGING_USAGE}`, 400);
    }
    if (c.req.query("reset") !== undefined) {
      levels.reset();
      if (level !== undefined) levels.add(level);
    }
    return c.text(`current log level is ${levels.current()}\n`);
  });
  app.post("/quitquitquit", (c) => {
    shutDown();
    return c.text("shutdown now\n");
  });
  app.all("/logging", (c) => c.text("", 405, { allow: "POST" }));
  app.all("/quitquitquit", (c) => c.text("", 405, { allow: "POST" }));
  app.notFound((c) => c.body(null, 404));
  return app;
}

const LOGGING_USAGE = `usage: POST /logging?level=<directives>, such as level=debug or
level=info,request=off; POST /logging?reset goes back to the level of the start
`;

/**
 * A page in a browser must not be able to steer the gateway: its requests carry the page's origin,
 * or a host name that the page has made resolve to this machine.
 */
const refuseForeignPages: MiddlewareHandler = async (c, next) => {
  const host = c.req.header("host") ?? "";
  const origin = c.req.header("origin");
  const site = c.req.header("sec-fetch-site");
  const isForeign = (origin !== undefined && origin !== `http://${host}`) ||
    (site !== undefined && site !== "same-origin" && site !== "none");
  if (isForeign) return c.text("cross-origin requests are refused\n", 403);
  if (!isAddress(host)) return c.text(`this host name is refused: use an IP address\n`, 403);
  await next();
};

/** A name in DNS can be made to point here; an address or `localhost` cannot. */
function isAddress(host: string): boolean {
  const name = host.replace(/:\d+$/, "");
  return name === "" || name === "localhost" || /^[\d.]+$/.test(name) || /^\[.*\]$/.test(name);
}

const INDEX = `<!doctype html>
<title>agentgateway</title>
<h1>agentgateway</h1>
<ul>
<li><a href="/config_dump">GET /config_dump</a>: the configuration in force</li>
<li><a href="/api/runtime">GET /api/runtime</a>: version and runtime</li>
<li>POST /logging: log level</li>
<li>POST /quitquitquit: shut down</li>
</ul>
`;
