import type { ProblemPath } from "../config/normalised.ts";
import type { ServerConfig } from "../config/schema/server.ts";
import { type GrpcCaller, GrpcChannel } from "../lib/grpc/channel.ts";
import type { CompileContext } from "./compile_context.ts";
import { digestOf } from "./pem.ts";

/** The connection to a gRPC service: shared by all who name it, and kept by reloads. */
export function grpcChannel(
  server: ServerConfig,
  at: ProblemPath,
  context: CompileContext,
): GrpcCaller | undefined {
  const address = context.serverOf(server, at);
  if (address === undefined) return undefined;
  // The key must not hold what the headers and the TLS may: secrets.
  const key = `grpc ${digestOf(JSON.stringify(address))}`;
  return context.keep(key, () => new GrpcChannel(address));
}
