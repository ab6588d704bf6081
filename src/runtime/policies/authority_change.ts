import { parseHostPort } from "../../config/schema/address.ts";
import type {
  HostRedirectConfig,
  PathRedirectConfig,
} from "../../config/schema/request_redirect.ts";
import type { PathChange } from "../../policies/path_change.ts";
import type { AuthorityChange } from "../../policies/url_rewrite.ts";

/** What is to become of a host and a port; undefined for the default. */
export function authorityChange(
  written: HostRedirectConfig | undefined,
): AuthorityChange | undefined {
  if (written === undefined || written === "auto") return undefined;
  if (written === "none") return { type: "none" };
  const { full, host, port } = written;
  if (host !== undefined) return { type: "host", host };
  if (port !== undefined) return { type: "port", port };
  const ported = parseHostPort(full ?? "");
  const authority = ported === undefined
    ? { host: full ?? "", port: undefined }
    : { host: bracketed(ported.hostname), port: ported.port };
  return { type: "full", authority };
}

function bracketed(hostname: string): string {
  return hostname.includes(":") ? `[${hostname}]` : hostname;
}

/** What is to become of a path. */
export function pathChange(written: PathRedirectConfig | undefined): PathChange | undefined {
  if (written === undefined) return undefined;
  const { full, prefix = "" } = written;
  return full === undefined ? { type: "prefix", prefix } : { type: "full", path: full };
}
