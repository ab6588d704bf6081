import type { StandIn } from "../support/upstreams/stand_in.ts";

/** One address of several stand-ins. */
export interface FrontDoor extends AsyncDisposable {
  readonly url: string;
}

/** Opens one address for the APIs of a provider that has several, told apart by their paths. */
export function openFrontDoor(byEnd: Readonly<Record<string, StandIn>>): FrontDoor {
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, (request) => {
    const { pathname, search } = new URL(request.url);
    const [, standIn] = Object.entries(byEnd).find(([end]) => pathname.endsWith(end)) ?? [];
    if (standIn === undefined) return new Response("no such path", { status: 404 });
    return fetch(standIn.url + pathname + search, request);
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
