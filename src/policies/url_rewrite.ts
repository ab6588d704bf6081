import type { RequestHead } from "../lib/request_head.ts";
import { type Authority, calledAuthority, formatAuthority } from "./authority.ts";
import { changePath, type PathChange } from "./path_change.ts";
import type { Policy } from "./policy.ts";
import type { HeadChanges, Subject } from "./subject.ts";

/** What becomes of the host and the port of a URL. */
export type AuthorityChange =
  | { readonly type: "full"; readonly authority: Authority }
  | { readonly type: "host"; readonly host: string }
  | { readonly type: "port"; readonly port: number }
  | { readonly type: "none" };

/** Where requests go within their upstream. */
export interface UrlRewriteSettings {
  /** Without it the upstream is told its own host. */
  readonly authority: AuthorityChange | undefined;
  readonly path: PathChange | undefined;
}

/** Changes the path and the host that the upstream is asked for. */
export function urlRewrite(
  settings: UrlRewriteSettings,
  matchedPrefixOf: (subject: Subject) => string,
): Policy {
  const { authority, path } = settings;
  return {
    name: "urlRewrite",
    apply(subject) {
      const { head } = subject;
      const changes: HeadChanges = {
        ...(authority === undefined ? {} : { authority: rewritten(authority, head) }),
        ...(path === undefined
          ? {}
          : { path: changePath(path, head.path, matchedPrefixOf(subject)) }),
      };
      subject.rewrite(changes);
      return undefined;
    },
  };
}

function rewritten(change: AuthorityChange, head: RequestHead): string {
  const called = calledAuthority(head);
  switch (change.type) {
    case "full":
      return formatAuthority(change.authority, head.scheme);
    case "host":
      return formatAuthority({ host: change.host, port: called.port }, head.scheme);
    case "port":
      return formatAuthority({ host: called.host, port: change.port }, head.scheme);
    case "none":
      return head.authority;
  }
}
