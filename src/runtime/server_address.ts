import { isIP } from "node:net";
import type { Problem } from "../config/diagnostic.ts";
import type { ProblemPath } from "../config/normalised.ts";
import { parseHostPort } from "../config/schema/address.ts";
import type { ConnectionOptions } from "../host/host.ts";
import type { HeaderRecord } from "../lib/header_record.ts";
import type { ServerAddress } from "./compile_context.ts";
import type { ReachedServer } from "./reach_server.ts";

/** The address of a server, if it can be called by another protocol than HTTP as it is written. */
export function serverAddress(
  { place, isSecure, identity, connection }: ReachedServer,
  at: ProblemPath,
  problems: Problem[],
): ServerAddress | undefined {
  const parts = parseHostPort(place);
  if (parts === undefined) return undefined;
  const headers: HeaderRecord = {};
  identity.credential?.apply(headers);
  const { hostname: host, port } = parts;
  const tls = isSecure ? connection?.tls ?? {} : undefined;
  const isNameless = tls !== undefined && tls.serverName === undefined && isIP(host) !== 0;
  const refused = isNameless ? NAMELESS : refusalOf(identity, connection);
  if (refused !== undefined) {
    problems.push({ path: at, message: refused });
    return undefined;
  }
  return { host, port, ...(tls === undefined ? {} : { tls }), headers };
}

/** The library asks every server for a name, and an address is none. */
const NAMELESS = "a gRPC service with TLS at an IP address needs hostname in its backendTLS";

function refusalOf(
  { credential, authorizer }: ReachedServer["identity"],
  connection: ConnectionOptions | undefined,
): string | undefined {
  if (authorizer !== undefined) {
    return "not supported yet for a gRPC service: a backendAuth other than key";
  }
  if (credential !== undefined && credential.query !== "") {
    return "a gRPC service has no query: the key of its backendAuth has to be in a header";
  }
  if (connection?.tunnel !== undefined) {
    return "not supported yet for a gRPC service: backendTunnel";
  }
  if (connection?.tls?.subjectAltNames !== undefined) {
    return "not supported yet for a gRPC service: subjectAltNames in its TLS";
  }
  if (connection?.tls?.alpn !== undefined) return "a gRPC service speaks h2: leave out alpn";
  return undefined;
}
