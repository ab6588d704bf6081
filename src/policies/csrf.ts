import { GatewayError } from "../errors.ts";
import { parseOrigin } from "../lib/origin.ts";
import type { RequestHead } from "../lib/request_head.ts";
import { originMatcher } from "./cors/origin_matcher.ts";
import type { Policy } from "./policy.ts";

/** Refuses requests that change something and that a page of another origin had a browser send. */
export function csrf(settings: { readonly additionalOrigins: readonly string[] }): Policy {
  const isTrusted = originMatcher(settings.additionalOrigins);
  return {
    name: "csrf",
    apply({ head }) {
      if (SAFE_METHODS.has(head.method) || isOwnPages(head, isTrusted)) return undefined;
      throw new GatewayError("forbidden", "CSRF validation failed", {
        code: "csrf_validation_failed",
      });
    },
  };
}

const SAFE_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/** Only browsers send `sec-fetch-site`, and no page can change it; programs send no origin. */
function isOwnPages(head: RequestHead, isTrusted: (origin: string) => boolean): boolean {
  const site = head.headers.get("sec-fetch-site");
  if (site === "same-origin" || site === "none") return true;
  const origin = head.headers.get("origin");
  if (origin === null) return site === null;
  return isTrusted(origin) || isSameHost(origin, head);
}

/**
 * Whether the page is of the host that the client called, whatever a policy has made of it since;
 * without regard to the scheme, which TLS that ended before the gateway would have changed.
 */
function isSameHost(origin: string, { headers, authority }: RequestHead): boolean {
  const from = parseOrigin(origin);
  if (from === undefined) return false;
  const called = parseOrigin(`${from.scheme}://${headers.get("host") ?? authority}`);
  return called !== undefined && called.host === from.host && called.port === from.port;
}
