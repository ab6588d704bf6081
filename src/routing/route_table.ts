import { hostTable } from "./hostname.ts";
import type { RequestHead } from "../lib/request_head.ts";
import { type Matcher, matcher, type RouteMatch } from "./route_match.ts";

/** A route as the table needs it. */
export interface RouteEntry<Route> {
  readonly hostnames: readonly string[];
  /** Any one of them is enough; none means every path. */
  readonly matches: readonly RouteMatch[];
  readonly route: Route;
}

interface Row<Route> extends Matcher {
  readonly route: Route;
}

/**
 * Builds the lookup from a request to its route.
 *
 * Order: host name (exact, longest wildcard, any; a level without a fitting match is left for the
 * next), then exact paths, longer path patterns, a method, more headers, more query parameters,
 * and at last the order of the file.
 */
export function routeTable<Route>(
  entries: readonly RouteEntry<Route>[],
): (head: RequestHead) => Route | undefined {
  const table = hostTable<Row<Route>>(
    entries
      .flatMap(({ hostnames, matches, route }) =>
        (matches.length === 0 ? [{}] : matches).map((match) => ({
          hostnames,
          entry: { ...matcher(match), route },
        }))
      )
      .sort((left, right) => compareRanks(right.entry.rank, left.entry.rank)),
  );
  return (head) => {
    for (const level of table.levels(head.hostname)) {
      const found = level.find((row) => row.matches(head));
      if (found !== undefined) return found.route;
    }
    return undefined;
  };
}

function compareRanks(left: readonly number[], right: readonly number[]): number {
  for (const [place, value] of left.entries()) {
    const difference = value - (right[place] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
