import type { RequestHead } from "../lib/request_head.ts";

/** A host and perhaps a port. */
export interface Authority {
  /** An IPv6 address has its brackets. */
  readonly host: string;
  /** Undefined where it is the scheme's own. */
  readonly port: number | undefined;
}

/** What a client called. */
export function calledAuthority({ authority, scheme }: RequestHead): Authority {
  const [, host = "", digits] = /^(.*?)(?::(\d{1,5}))?$/.exec(authority) ?? [];
  const port = digits === undefined ? undefined : Number(digits);
  return { host, port: port === DEFAULT_PORTS[scheme] ? undefined : port };
}

/** The text of an authority in a URL of a scheme. */
export function formatAuthority({ host, port }: Authority, scheme: string): string {
  return port === undefined || port === DEFAULT_PORTS[scheme] ? host : `${host}:${port}`;
}

const DEFAULT_PORTS: Readonly<Record<string, number>> = { http: 80, https: 443 };
