import type { Address } from "../host/host.ts";

/** Where one listener is bound: each group needs one address that works, in order of preference. */
export type BindAddress = readonly (readonly Address[])[];

/**
 * Reads `ip:port`, `localhost:port`, `unix:/path` or `off`; undefined when it is none of them.
 *
 * `localhost` stands for both loopback families; a machine without IPv6 gets the other one.
 */
export function parseAddress(text: string): BindAddress | "off" | undefined {
  if (text === "off") return "off";
  if (text.startsWith("unix:")) return [[{ path: text.slice("unix:".length) }]];
  const found = /^(?:\[([\da-f:.]+)\]|([\w.-]+)):(\d{1,5})$/i.exec(text);
  if (found === null) return undefined;
  const port = Number(found[3]);
  const hostname = found[1] ?? found[2] ?? "";
  if (port > 65_535) return undefined;
  if (hostname === "localhost") {
    return [[{ hostname: "127.0.0.1", port }], [{ hostname: "::1", port }]];
  }
  return [[{ hostname, port }]];
}

/** Every interface of the machine. */
export function anyAddress(port: number, ipv6: boolean): BindAddress {
  const v4 = { hostname: "0.0.0.0", port };
  return [ipv6 ? [{ hostname: "::", port }, v4] : [v4]];
}
