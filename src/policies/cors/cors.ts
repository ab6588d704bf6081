import type { Policy, Reply } from "../policy.ts";
import type { AnswerHead } from "../subject.ts";
import { originMatcher } from "./origin_matcher.ts";

/** Which pages may call, and how. */
export interface CorsSettings {
  readonly allowOrigins: readonly string[];
  readonly allowMethods: readonly string[];
  readonly allowHeaders: readonly string[];
  readonly exposeHeaders: readonly string[];
  readonly allowCredentials: boolean;
  readonly maxAgeSeconds: number | undefined;
}

/** Answers preflights, and tells browsers which pages may read answers. */
export function cors(settings: CorsSettings): Policy {
  const allows = originMatcher(settings.allowOrigins);
  const exposed = settings.exposeHeaders.join(", ");
  return {
    name: "cors",
    apply(subject) {
      const { method, headers } = subject.head;
      const origin = headers.get("origin");
      const allowed = origin !== null && allows(origin) ? origin : undefined;
      if (method === "OPTIONS" && origin !== null) {
        const isPreflight = headers.has("access-control-request-method");
        if (allowed !== undefined || isPreflight) return preflight(settings, allowed, headers);
      }
      subject.onAnswer((answer) => {
        // What an upstream says of pages is said of its own, which the gateway's are not.
        for (const name of CORS_HEADERS) answer.headers.delete(name);
        varyByOrigin(answer);
        if (allowed === undefined) return;
        allowOrigin(settings, allowed, answer.headers);
        if (exposed !== "") answer.headers.set("access-control-expose-headers", exposed);
      });
    },
  };
}

const CORS_HEADERS = [
  "access-control-allow-origin",
  "access-control-allow-credentials",
  "access-control-expose-headers",
  "access-control-allow-methods",
  "access-control-allow-headers",
  "access-control-max-age",
];

function preflight(settings: CorsSettings, origin: string | undefined, asked: Headers): Reply {
  const headers = new Headers({ vary: "origin" });
  if (origin === undefined) return { status: 200, headers, body: null };
  const { allowMethods, allowHeaders, maxAgeSeconds } = settings;
  allowOrigin(settings, origin, headers);
  const methods = listed(allowMethods, asked.get("access-control-request-method"));
  const names = listed(allowHeaders, asked.get("access-control-request-headers"));
  if (methods !== "") headers.set("access-control-allow-methods", methods);
  if (names !== "") headers.set("access-control-allow-headers", names);
  if (maxAgeSeconds !== undefined) headers.set("access-control-max-age", String(maxAgeSeconds));
  return { status: 200, headers, body: null };
}

/**
 * What was asked for stands in for `*`, which browsers do not take for `authorization`, nor for
 * anything beside credentials. See https://fetch.spec.whatwg.org/#http-new-header-syntax.
 */
function listed(allowed: readonly string[], asked: string | null): string {
  return allowed.includes("*") ? asked ?? "*" : allowed.join(", ");
}

function allowOrigin(settings: CorsSettings, origin: string, headers: Headers): void {
  headers.set("access-control-allow-origin", origin);
  if (settings.allowCredentials) headers.set("access-control-allow-credentials", "true");
}

/** Keeps caches from giving one page's answer to another. */
function varyByOrigin({ headers }: AnswerHead): void {
  const named = (headers.get("vary") ?? "").toLowerCase().split(",").map((name) => name.trim());
  if (!named.includes("origin") && !named.includes("*")) headers.append("vary", "origin");
}
