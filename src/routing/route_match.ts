import { RE2JS } from "re2js";
import type { RequestHead } from "../lib/request_head.ts";

/** The conditions of one `matches` entry; all of them must hold. */
export interface RouteMatch {
  readonly path?: PathMatch | undefined;
  readonly method?: string | undefined;
  readonly headers?: readonly ValueMatch[] | undefined;
  readonly query?: readonly ValueMatch[] | undefined;
}

/** Exactly one of the three is set. */
export interface PathMatch {
  readonly exact?: string | undefined;
  readonly pathPrefix?: string | undefined;
  readonly regex?: string | undefined;
}

/** A named header or query parameter with a wanted value. */
export interface ValueMatch {
  readonly name: string;
  readonly value: { readonly exact?: string | undefined; readonly regex?: string | undefined };
}

/** A compiled `matches` entry. */
export interface Matcher {
  matches(head: RequestHead): boolean;
  /** Sort key: the greater of two matchers is tried first, compared place by place. */
  readonly rank: readonly number[];
}

const CATCH_ALL: PathMatch = { pathPrefix: "/" };

/** Compiles one entry. */
export function matcher(match: RouteMatch): Matcher {
  const path = match.path ?? CATCH_ALL;
  const headers = match.headers ?? [];
  const query = match.query ?? [];
  const conditions = [
    ...(path.pathPrefix === "/" ? [] : [pathCondition(path)]),
    ...(match.method === undefined ? [] : [(head: RequestHead) => head.method === match.method]),
    ...headers.map(headerCondition),
    ...(query.length === 0 ? [] : [queryCondition(query)]),
  ];
  const text = path.exact ?? path.pathPrefix ?? path.regex ?? "";
  return {
    matches: (head) => conditions.every((condition) => condition(head)),
    rank: [
      path.exact === undefined ? 0 : 1,
      text.length,
      match.method === undefined ? 0 : 1,
      headers.length,
      query.length,
    ],
  };
}

/** Whether any of a list of header conditions holds for a set of headers, all of them. */
export function headersMatcher(headers: readonly ValueMatch[]): (head: RequestHead) => boolean {
  const conditions = headers.map(headerCondition);
  return (head) => conditions.every((condition) => condition(head));
}

type Condition = (head: RequestHead) => boolean;

function pathCondition(path: PathMatch): Condition {
  if (path.exact !== undefined) return (head) => head.path === path.exact;
  if (path.pathPrefix !== undefined) {
    const prefix = path.pathPrefix.replace(/\/+$/, "");
    return ({ path }) =>
      path.startsWith(prefix) && (path.length === prefix.length || path[prefix.length] === "/");
  }
  const wanted = RE2JS.compile(path.regex ?? "");
  return (head) => wanted.matches(head.path);
}

function headerCondition({ name, value }: ValueMatch): Condition {
  const wanted = valueCondition(value);
  const pseudo = PSEUDO_HEADERS.get(name);
  if (pseudo !== undefined) return (head) => wanted(pseudo(head));
  return ({ headers }) => {
    const sent = headers.get(name);
    if (sent === null) return false;
    // Repeated headers arrive joined, so each part may be the wanted one.
    return wanted(sent) || (sent.includes(", ") && sent.split(", ").some(wanted));
  };
}

const PSEUDO_HEADERS: ReadonlyMap<string, (head: RequestHead) => string> = new Map([
  [":method", (head: RequestHead) => head.method],
  [":path", (head: RequestHead) => head.path + head.query],
  [":authority", (head: RequestHead) => head.authority],
  [":scheme", (head: RequestHead) => head.scheme],
]);

function queryCondition(parameters: readonly ValueMatch[]): Condition {
  const wanted = parameters.map(({ name, value }) => ({ name, holds: valueCondition(value) }));
  return ({ query }) => {
    const sent = new URLSearchParams(query);
    return wanted.every(({ name, holds }) => {
      const last = sent.getAll(name).at(-1);
      return last !== undefined && holds(last);
    });
  };
}

function valueCondition({ exact, regex }: ValueMatch["value"]): (sent: string) => boolean {
  if (exact !== undefined) return (sent) => sent === exact;
  const wanted = RE2JS.compile(regex ?? "");
  return (sent) => wanted.matches(sent);
}
