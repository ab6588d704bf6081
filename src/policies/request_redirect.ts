import { GatewayError } from "../errors.ts";
import type { RequestHead } from "../lib/request_head.ts";
import { type Authority, calledAuthority, formatAuthority } from "./authority.ts";
import { changePath, type PathChange } from "./path_change.ts";
import type { Policy } from "./policy.ts";
import type { Subject } from "./subject.ts";
import type { AuthorityChange } from "./url_rewrite.ts";

/** Where clients are sent. */
export interface RedirectSettings {
  readonly scheme: "http" | "https" | undefined;
  readonly authority: AuthorityChange | undefined;
  readonly path: PathChange | undefined;
  readonly status: number;
}

/** Answers every request with the address of another place. */
export function requestRedirect(
  settings: RedirectSettings,
  matchedPrefixOf: (subject: Subject) => string,
): Policy {
  return {
    name: "requestRedirect",
    apply(subject) {
      const { head } = subject;
      const scheme = settings.scheme ?? head.scheme;
      const authority = formatAuthority(redirected(settings, head), scheme);
      // An address without a host would begin with the path, and "//" in it would name a host.
      if (!/^[\w.:~[\]-]+$/.test(authority)) {
        throw new GatewayError("invalid-request", "cannot redirect: the request names no host");
      }
      const path = settings.path === undefined
        ? head.path
        : changePath(settings.path, head.path, matchedPrefixOf(subject));
      const headers = new Headers({ location: `${scheme}://${authority}${path}${head.query}` });
      return { status: settings.status, headers, body: null };
    },
  };
}

function redirected({ scheme, authority }: RedirectSettings, head: RequestHead): Authority {
  const called = calledAuthority(head);
  // The port of one scheme is of no use for another.
  const keepsPort = scheme === undefined || scheme === head.scheme;
  const port = keepsPort ? called.port : undefined;
  switch (authority?.type) {
    case undefined:
      return { host: called.host, port };
    case "full":
      return authority.authority;
    case "host":
      return { host: authority.host, port };
    case "port":
      return { host: called.host, port: authority.port };
    case "none":
      return called;
  }
}
