import type { Callout } from "../policies/callout.ts";
import type { ConnectionOptions } from "../host/host.ts";
import type { Upstream, UpstreamClient } from "../routing/backend.ts";

/** What requests of policies take from their surroundings. */
export interface CalloutEnvironment {
  /** The client of the process, or one for connections of their own; for when there is serving. */
  client(connection?: ConnectionOptions): UpstreamClient;
}

type Identity = Pick<Upstream, "credential" | "authorizer">;

/** A way to a server, by its scheme and authority; the gateway's identity is put on requests. */
export function calloutTo(
  origin: string,
  { credential, authorizer }: Identity,
  environment: CalloutEnvironment,
  connection?: ConnectionOptions,
): Callout {
  return async ({ method, path, headers, body, signal }) => {
    const sent = { ...headers };
    credential?.apply(sent);
    const query = credential?.query ?? "";
    const url = origin + path + (query === "" ? "" : `${path.includes("?") ? "&" : "?"}${query}`);
    await authorizer?.authorize({ method, url, headers: sent, body, signal });
    return await environment.client(connection).fetch(url, {
      method,
      headers: sent,
      body,
      signal,
      decode: true,
    });
  };
}
