import * as v from "valibot";
import type { Immutable } from "../../lib/immutable.ts";
import { closedObject } from "../../lib/closed_object.ts";
import { later } from "../reference_keys.ts";
import { LongDuration } from "./text.ts";

/** TCP keep-alive of connections to upstreams. */
export const Keepalives = v.pipe(
  closedObject({
    enabled: v.exactOptional(
      v.pipe(v.boolean(), v.description("Whether silent connections are probed.")),
      true,
    ),
    time: v.exactOptional(
      v.pipe(LongDuration, v.description("How long a connection is silent before it is probed.")),
      "3m",
    ),
  }, later("KeepaliveConfig")),
  v.description("TCP keep-alive, which keeps silent connections known to what is in between."),
);

/** The HTTP of one upstream. */
export const BackendHttp = v.pipe(
  closedObject({
    requestTimeout: v.exactOptional(v.pipe(
      LongDuration,
      v.description("How long a request to the upstream may take, its whole answer included."),
    )),
  }, later("HTTP")),
  v.description("HTTP to the upstream."),
);

/** The TCP connections to one upstream. */
export const BackendTcp = v.pipe(
  closedObject({
    connectTimeout: v.exactOptional(v.pipe(
      LongDuration,
      v.description("How long connecting may take, with TLS; config.backend's by default."),
    )),
    keepalives: v.exactOptional(Keepalives),
  }, later("TCP")),
  v.description("Connections to the upstream."),
);

const NOT_YET = ["alpn", "minVersion", "maxVersion", "cipherSuites", "keyExchangeGroups"];

/** The TLS of all listeners. */
export const FrontendTls = v.pipe(
  closedObject({
    handshakeTimeout: v.exactOptional(
      v.pipe(LongDuration, v.description("How long a client's TLS handshake may take.")),
      "15s",
    ),
  }, NOT_YET),
  v.description("TLS from clients."),
);

/** The TCP connections to an upstream as they are written. */
export type BackendTcpConfig = Immutable<v.InferOutput<typeof BackendTcp>>;

/** TCP keep-alive as it is written. */
export type KeepalivesConfig = Immutable<v.InferOutput<typeof Keepalives>>;
