import * as v from "valibot";
import type { Immutable } from "../../lib/immutable.ts";
import { closedObject } from "../../lib/closed_object.ts";
import { isMapping } from "../../lib/mapping.ts";
import { later } from "../reference_keys.ts";
import { HostPortText } from "./address.ts";
import { BackendTls } from "./backend_tls.ts";
import { exactlyOneOf } from "./checks.ts";
import { headerPlace } from "./credential_places.ts";
import { decidedUnion } from "./decided_union.ts";
import { Secret } from "./secret.ts";

const HeaderLocation = closedObject({
  header: headerPlace(
    "The header that carries it.",
    'What stands before the secret, such as "Basic ".',
  ),
}, later("AuthorizationLocation"));

const PlacedSecret = closedObject({
  value: v.pipe(Secret, v.description("The secret: a string, or {file: path}.")),
  location: v.exactOptional(v.pipe(
    HeaderLocation,
    v.description("Where it is sent; by default as a bearer token in proxy-authorization."),
  )),
}, later("BackendAuth.key"));

const ProxyKey = decidedUnion(
  [Secret, PlacedSecret],
  (input) => {
    if (typeof input === "string") return Secret;
    if (!isMapping(input)) return undefined;
    if (Object.hasOwn(input, "value")) return PlacedSecret;
    return Object.hasOwn(input, "file") ? Secret : undefined;
  },
  "must be a string, {file: path} or {value: ...}",
);

const ProxyPolicies = closedObject({
  backendAuth: v.exactOptional(v.pipe(
    closedObject({
      key: v.exactOptional(v.pipe(
        ProxyKey,
        v.description("A secret to send: a string, {file: path}, or {value: ..., location: ...}."),
      )),
    }, later("BackendAuthCompat")),
    exactlyOneOf(["key"]),
    v.description("How the gateway shows the proxy who it is."),
  )),
  backendTLS: v.exactOptional(v.pipe(BackendTls, v.description("TLS to the proxy itself."))),
}, later("SimpleLocalBackendPolicies"));

/** An HTTP proxy that connections to an upstream go through. */
export const BackendTunnel = v.pipe(
  closedObject({
    proxy: v.pipe(
      closedObject({
        host: v.exactOptional(v.pipe(HostPortText, v.description("The proxy, as host:port."))),
      }, later("SimpleLocalBackendSerde")),
      exactlyOneOf(["host"]),
      v.description("The proxy."),
    ),
    policies: v.exactOptional(v.pipe(
      ProxyPolicies,
      v.description("How the gateway connects to the proxy."),
    )),
  }, later("Tunnel")),
  v.description("HTTP proxy to reach the upstream through, by CONNECT."),
);

/** A tunnel as it is written. */
export type BackendTunnelConfig = Immutable<v.InferOutput<typeof BackendTunnel>>;
