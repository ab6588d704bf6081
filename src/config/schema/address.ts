import { isIP } from "node:net";
import * as v from "valibot";

const PORT_MAX = 65_535;

/** Where a management port listens. */
export type ListenAddress =
  | { readonly kind: "off" }
  | { readonly kind: "unix"; readonly path: string }
  | { readonly kind: "tcp"; readonly hostname: string; readonly port: number };

/** A host and a port; an IPv6 address comes without its brackets. */
export interface HostPort {
  readonly hostname: string;
  readonly port: number;
}

/** Reads `ip:port`, `localhost:port`, `unix:/path` or `off`; undefined if the text is none. */
export function parseListenAddress(text: string): ListenAddress | undefined {
  if (text === "off") return { kind: "off" };
  if (text.startsWith("unix:")) {
    const path = text.slice("unix:".length);
    return path.startsWith("/") ? { kind: "unix", path } : undefined;
  }
  const parts = splitHostPort(text, 0);
  if (parts === undefined) return undefined;
  return parts.hostname === "localhost" || isIP(parts.hostname) !== 0
    ? { kind: "tcp", ...parts }
    : undefined;
}

/** Reads `host:port`, `ip:port` or `[ipv6]:port`; undefined if the text is none. */
export function parseHostPort(text: string): HostPort | undefined {
  const parts = splitHostPort(text, 1);
  return parts !== undefined && (isIP(parts.hostname) !== 0 || isHostname(parts.hostname))
    ? parts
    : undefined;
}

function splitHostPort(text: string, portMin: number): HostPort | undefined {
  const parts = /^(?:\[([0-9A-Fa-f:.]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text);
  if (parts === null) return undefined;
  const [, ipv6, name = "", digits = ""] = parts;
  const port = Number(digits);
  if (port < portMin || port > PORT_MAX) return undefined;
  if (ipv6 !== undefined && isIP(ipv6) !== 6) return undefined;
  return { hostname: ipv6 ?? name, port };
}

function isHostname(text: string): boolean {
  return text.length <= 253 &&
    /^[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*\.?$/i.test(text);
}

/** A TCP port to listen on. */
export const Port = wholeNumber(1, PORT_MAX);

/** A whole number within bounds. */
export function wholeNumber(min: number, max: number = Number.MAX_SAFE_INTEGER) {
  const bounds = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
  const message = `expected a whole number ${bounds}`;
  return v.pipe(
    v.number(message),
    v.integer(message),
    v.minValue(min, message),
    v.maxValue(max, message),
  );
}

const LISTEN_ADDRESS = 'expected "ip:port", "localhost:port", "unix:/path" or "off"';

/** Where a management port listens, as text. */
export const ListenAddressText = v.pipe(
  v.string(LISTEN_ADDRESS),
  v.check((text) => parseListenAddress(text) !== undefined, LISTEN_ADDRESS),
);

/** The `host:port` of an upstream. */
export const HostPortText = v.pipe(
  v.string("must be host:port"),
  v.check((text) => !text.startsWith("unix:"), "not supported yet: unix:"),
  v.check(
    (text) => text.startsWith("unix:") || parseHostPort(text) !== undefined,
    "must be host:port",
  ),
);

const HOSTNAME = 'expected a host name or "*." and a host name';

/** The name of a virtual host: exact, or a wildcard for everything below a domain. */
export const HostnamePattern = v.pipe(
  v.string(HOSTNAME),
  v.check((text) => isHostnamePattern(text), HOSTNAME),
);

/** The virtual hosts of a listener; `*` is every host. */
export const ListenerHostname = v.pipe(
  v.string(HOSTNAME),
  v.check((text) => text === "*" || isHostnamePattern(text), HOSTNAME),
);

function isHostnamePattern(text: string): boolean {
  return isHostname(text.startsWith("*.") ? text.slice(2) : text) || isIP(text) !== 0;
}
