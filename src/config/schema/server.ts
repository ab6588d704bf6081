import * as v from "valibot";
import type { Immutable } from "../../lib/immutable.ts";
import { later } from "../reference_keys.ts";
import { closedObject } from "../../lib/closed_object.ts";
import { HostPortText } from "./address.ts";
import { BackendAuth } from "./auth.ts";
import { exactlyOneOf } from "./checks.ts";
import { Text } from "./text.ts";
import { BackendTls } from "./backend_tls.ts";

/** The members that name a server for a policy's own requests, to be spread into an object. */
export const serverEntries = {
  host: v.exactOptional(v.pipe(HostPortText, v.description("The server, as host:port."))),
  backend: v.exactOptional(v.pipe(
    Text,
    v.description("The server, as the name of an entry of the top-level backends."),
  )),
  policies: v.exactOptional(v.pipe(
    closedObject({
      backendAuth: v.exactOptional(BackendAuth),
      backendTLS: v.exactOptional(BackendTls),
    }, later("LocalBackendPolicies")),
    v.description("How requests to the server are made."),
  )),
};

/** The keys of which such an object has exactly one. */
export const SERVER_KEYS = ["host", "backend"] as const;

/** A server for a policy's own requests. */
export const Server = v.pipe(
  closedObject(serverEntries, later("SimpleLocalBackendSerde")),
  exactlyOneOf(SERVER_KEYS),
);

/** A server as it is written. */
export type ServerConfig = Immutable<v.InferOutput<typeof Server>>;
