/** A web origin, as browsers send it and as the configuration lists it. */
export interface Origin {
  /** In lower case, as are all of its parts. */
  readonly scheme: string;
  /** An IPv6 address comes with its brackets. */
  readonly host: string;
  /** The scheme's own where none is written; empty where the scheme has none. */
  readonly port: string;
}

const ORIGIN = /^([a-z][a-z0-9+.-]*):\/\/(\[[0-9a-f:.]+\]|[a-z0-9._~*-]+)(?::(\d{1,5}))?$/;

const DEFAULT_PORTS: Readonly<Record<string, string>> = {
  http: "80",
  https: "443",
  ws: "80",
  wss: "443",
};

/** The parts of `scheme://host:port`; undefined where the text is none, such as `null`. */
export function parseOrigin(text: string): Origin | undefined {
  const parts = ORIGIN.exec(text.toLowerCase());
  if (parts === null) return undefined;
  const [, scheme = "", host = "", written] = parts;
  if (written !== undefined && !isPort(written)) return undefined;
  const port = written === undefined ? DEFAULT_PORTS[scheme] ?? "" : String(Number(written));
  return { scheme, host, port };
}

function isPort(digits: string): boolean {
  const port = Number(digits);
  return port > 0 && port <= 65_535;
}
