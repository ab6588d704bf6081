import { GatewayError } from "../errors.ts";
import { hasOwnIdentity } from "./headers.ts";
import type { RequestHead } from "../lib/request_head.ts";
import type { Target } from "../routing/backend.ts";
import type { PathCall } from "../providers/provider.ts";

/** What is called, as far as the path may depend on it. */
interface WantedPath extends PathCall {
  /** The API's own end of the path. */
  readonly path: string;
  /** Whether the client's own words go on. */
  readonly isVerbatim: boolean;
}

/** Path and query of a call in the API that the provider is spoken to in. */
export function apiPath(head: RequestHead, target: Target, wanted: WantedPath): string {
  const { paths, provider } = target;
  const rule = provider.paths;
  const { isVerbatim } = wanted;
  const query = upstreamQuery(head.query, target, isVerbatim);
  const own = rule.exact?.[wanted.api] ?? paths.whole;
  if (own !== undefined) return withQuery(own, query);
  if (isVerbatim && paths.keepsClientPath) return safePath(head.path) + query;
  const of = rule.of?.(wanted);
  if (of !== undefined) return withQuery((paths.prefix ?? "") + of, query);
  return (paths.prefix ?? rule.base) + wanted.path + query;
}

/**
 * The client's query as it may go upstream: without a key where the gateway has its own, and
 * without what says how Google's API is to frame a stream, which the upstream path says itself.
 */
function upstreamQuery(query: string, target: Target, isVerbatim: boolean): string {
  if (!/[?&](?:key|alt)=/.test(query)) return query;
  const hasOwnKey = hasOwnIdentity(target);
  const kept = query.slice(1).split("&").filter((pair) =>
    !pair.startsWith("alt=") && !(pair.startsWith("key=") && (hasOwnKey || !isVerbatim))
  );
  return kept.length === 0 ? "" : `?${kept.join("&")}`;
}

/** Path and query of a request that is handed through. */
export function passthroughPath(target: Target, head: RequestHead): string {
  const { paths, provider } = target;
  if (paths.whole !== undefined) return withQuery(paths.whole, head.query);
  const path = safePath(head.path);
  if (paths.prefix === undefined) return path + head.query;
  const rest = provider.paths.dropsVersion ? path.replace(/^\/v1(?=\/|$)/, "") : path;
  return paths.prefix + rest + head.query;
}

/**
 * Refuses dot segments, which a URL parser would resolve and so leave the configured prefix.
 */
export function safePath(path: string): string {
  if (!path.includes(".") && !path.includes("%") && !path.includes("\\")) return path;
  const segments = path.replaceAll("\\", "/").split("/");
  if (segments.some((segment) => /^(\.|%2e){1,2}$/i.test(segment))) {
    throw new GatewayError("invalid-request", "the path must not contain dot segments", {
      code: "invalid_path",
    });
  }
  return path;
}

function withQuery(path: string, query: string): string {
  if (query === "" || query === "?") return path;
  return path.includes("?") ? `${path}&${query.slice(1)}` : path + query;
}
