import type { Api } from "../apis/api.ts";
import { GatewayError } from "../errors.ts";
import type { RequestHead } from "../routing/request_head.ts";
import type { Target } from "../routing/backend.ts";

/** Path and query of a call in an API that the provider speaks. */
export function apiPath(target: Target, api: Api, head: RequestHead): string {
  const { paths, provider } = target;
  const rule = provider.paths;
  const own = rule.exact?.[api.name] ?? paths.whole;
  if (own !== undefined) return withQuery(own, head.query);
  if (paths.hostOverridden && paths.prefix === undefined && rule.keepsClientPath) {
    return safePath(head.path) + head.query;
  }
  return (paths.prefix ?? rule.base) + api.path + head.query;
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
