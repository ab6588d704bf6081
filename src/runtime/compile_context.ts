import type { Expression } from "../cel/expression.ts";
import type { Problem } from "../config/diagnostic.ts";
import type { ClientTls } from "../host/host.ts";
import type { ProblemPath, SecretConfig } from "../config/normalised.ts";
import type { Callout } from "../policies/callout.ts";
import type { ServerConfig } from "../config/schema/server.ts";

/** What compiling a policy may use; what is wrong is added to `problems`, at its place. */
export interface CompileContext {
  readonly problems: Problem[];
  /** What holds, but may not be what was meant. */
  readonly warnings: Problem[];
  /** Compiles CEL; a text that is none is a problem at `at`, and undefined here. */
  expression(source: string, at: ProblemPath): Expression | undefined;
  /** The value of a secret, trimmed; a problem where it is empty or its file cannot be read. */
  secret(secret: SecretConfig, at: ProblemPath): string | undefined;
  /** The text of a file, which is watched for changes from now on. */
  readFile(path: string, at: ProblemPath): string | undefined;
  /** A way to a server that the configuration names; a problem where it leads nowhere. */
  callout(server: ServerConfig, at: ProblemPath): Callout | undefined;
  /** The same server by its address, for those who speak another protocol; problems likewise. */
  serverOf(server: ServerConfig, at: ProblemPath): ServerAddress | undefined;
  /** A way to an address of the policy's own choice, such as a JWKS URL. */
  calloutTo(origin: string): Callout;
  /**
   * State that outlives a reload: made once for a key, and kept as long as every new configuration
   * asks for it again. The key has to say all that the state depends on.
   */
  keep<State>(key: string, make: () => State): State;
  readonly environment: PolicyEnvironment;
}

/** Where a server is, and how connections to it are made. */
export interface ServerAddress {
  /** A name or an IP address, of version 6 without brackets. */
  readonly host: string;
  readonly port: number;
  /** TLS to the server; plain text without. */
  readonly tls?: ClientTls;
  /** What shows the server who the gateway is, by lower-case name; sent with every call. */
  readonly headers: Readonly<Record<string, string>>;
}

/** What policies may take from their surroundings. */
export interface PolicyEnvironment {
  /** Monotonic clock, in milliseconds. */
  now(): number;
  epochMs(): number;
  /** In [0, 1). */
  random(): number;
  /** Tells the operator of what no request can tell. */
  warn(scope: string, message: string): void;
}
