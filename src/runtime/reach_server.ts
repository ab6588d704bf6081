import { authParts } from "../config/normalise_auth.ts";
import type { Normalised, ProblemPath } from "../config/normalised.ts";
import type { ServerConfig } from "../config/schema/server.ts";
import type { ConnectionOptions } from "../host/host.ts";
import { didYouMean } from "../lib/did_you_mean.ts";
import type { Upstream } from "../routing/backend.ts";
import type { AuthCompiler } from "./compile_auth.ts";
import type { CompileContext } from "./compile_context.ts";
import { compileConnection } from "./connection.ts";

/** How a server is reached. */
export interface ReachedServer {
  /** `host:port`. */
  readonly place: string;
  /** Whether over TLS. */
  readonly isSecure: boolean;
  readonly identity: Pick<Upstream, "credential" | "authorizer">;
  readonly connection: ConnectionOptions | undefined;
}

interface ReachOptions {
  readonly servers: Normalised["servers"];
  readonly auth: AuthCompiler;
  readonly context: CompileContext;
}

/** Finds a server that the configuration names; a problem where it leads nowhere. */
export function reachServer(
  { host, backend, policies = {} }: ServerConfig,
  at: ProblemPath,
  { servers, auth, context }: ReachOptions,
): ReachedServer | undefined {
  const written = authParts(policies.backendAuth, [...at, "policies", "backendAuth"]);
  const named = backend === undefined ? undefined : servers.get(backend.replace(/^\//, ""));
  if (backend !== undefined && named === undefined) {
    const known = [...servers.keys()];
    context.problems.push({
      path: [...at, "backend"],
      message: `no backend with a host is named ${JSON.stringify(backend)}` +
        didYouMean(backend, known),
    });
    return undefined;
  }
  const identity = written.auth === undefined && named !== undefined
    ? auth.upstream(named.upstream)
    : auth.upstream(written);
  const { backendTLS } = policies;
  const isSecure = backendTLS !== undefined || named?.upstream.tls === true;
  const tls = backendTLS === undefined
    ? named?.upstream.connection.tls
    : { settings: backendTLS, at: [...at, "policies", "backendTLS"] };
  const connection = compileConnection({ ...named?.upstream.connection, tls }, context);
  return { place: host ?? named?.host ?? "", isSecure, identity, connection };
}
