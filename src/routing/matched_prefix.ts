import type { RequestHead } from "../lib/request_head.ts";
import { matcher, type RouteMatch } from "./route_match.ts";

/** The path prefix by which a route is found for a request; `/` where it is not by a prefix. */
export function matchedPrefix(matches: readonly RouteMatch[]): (head: RequestHead) => string {
  const compiled = matches.map((match) => ({
    prefix: match.path?.pathPrefix ?? "/",
    matches: matcher(match).matches,
  }));
  return (head) => compiled.find(({ matches }) => matches(head))?.prefix ?? "/";
}
