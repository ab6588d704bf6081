import type { ProblemPath, Written } from "../config/normalised.ts";
import { parseHostPort } from "../config/schema/address.ts";
import type { BackendTlsConfig } from "../config/schema/backend_tls.ts";
import type { BackendTunnelConfig } from "../config/schema/backend_tunnel.ts";
import type { BackendTcpConfig, KeepalivesConfig } from "../config/schema/connection.ts";
import type { ClientTls, ConnectionOptions, Tunnel } from "../host/host.ts";
import { defined } from "../lib/defined.ts";
import { parseDurationMs } from "../lib/duration.ts";
import type { CompileContext } from "./compile_context.ts";
import { type PemContext, readCertificates, readKeyPair } from "./pem.ts";

/** What compiling connections needs. */
export type ConnectionContext = PemContext & Pick<CompileContext, "secret">;

/** How connections to an upstream are to be made, as it is written. */
export interface ConnectionSource {
  readonly tls?: Written<BackendTlsConfig> | undefined;
  readonly tunnel?: Written<BackendTunnelConfig> | undefined;
  readonly tcp?: Written<BackendTcpConfig> | undefined;
}

/** How connections are made; undefined if as to any other upstream, or if problems were added. */
export function compileConnection(
  { tls, tunnel, tcp }: ConnectionSource,
  context: ConnectionContext,
): ConnectionOptions | undefined {
  const found = context.problems.length;
  const connectTimeout = tcp?.settings.connectTimeout;
  const options: ConnectionOptions = defined({
    tls: tls === undefined ? undefined : clientTls(tls.settings, tls.at, context),
    tunnel: tunnel === undefined ? undefined : compileTunnel(tunnel, context),
    connectMsMax: connectTimeout === undefined ? undefined : parseDurationMs(connectTimeout),
    keepaliveMs: keepaliveMs(tcp?.settings.keepalives),
  });
  if (context.problems.length > found || Object.keys(options).length === 0) return undefined;
  return options;
}

/** After how long a silence connections are probed; undefined if never. */
export function keepaliveMs(keepalives: KeepalivesConfig | undefined): number | undefined {
  return keepalives?.enabled === true ? parseDurationMs(keepalives.time) : undefined;
}

/** Undefined if nothing is asked for but TLS. */
function clientTls(
  tls: BackendTlsConfig,
  at: ProblemPath,
  context: ConnectionContext,
): ClientTls | undefined {
  const { root, cert, key, hostname, insecure, insecureHost, alpn, subjectAltNames } = tls;
  const pair = cert === undefined || key === undefined
    ? undefined
    : readKeyPair({ cert, key }, at, context);
  const compiled: ClientTls = defined({
    caPem: root === undefined ? undefined : readCertificates(root, [...at, "root"], context)?.pem,
    certPem: pair?.certPem,
    keyPem: pair?.keyPem,
    serverName: hostname,
    insecure: insecure === true ? true : undefined,
    insecureHost: insecureHost === true ? true : undefined,
    alpn,
    subjectAltNames,
  });
  if (insecure === true) {
    const message = "any certificate is accepted: whoever is in between can read and change all";
    context.warnings.push({ path: [...at, "insecure"], message });
  }
  return Object.keys(compiled).length === 0 ? undefined : compiled;
}

function compileTunnel(
  { settings: { proxy, policies }, at }: Written<BackendTunnelConfig>,
  context: ConnectionContext,
): Tunnel | undefined {
  const place = proxy.host === undefined ? undefined : parseHostPort(proxy.host);
  if (place === undefined) return undefined;
  const below = [...at, "policies"];
  const tls = policies?.backendTLS;
  const key = policies?.backendAuth?.key;
  return {
    host: place.hostname,
    port: place.port,
    ...(tls === undefined ? {} : { tls: clientTls(tls, [...below, "backendTLS"], context) ?? {} }),
    headers: key === undefined ? {} : proxyHeaders(key, [...below, "backendAuth", "key"], context),
  };
}

type ProxyPolicies = NonNullable<BackendTunnelConfig["policies"]>;
type ProxyKey = NonNullable<NonNullable<ProxyPolicies["backendAuth"]>["key"]>;

function proxyHeaders(
  key: ProxyKey,
  at: ProblemPath,
  context: ConnectionContext,
): Readonly<Record<string, string>> {
  const isPlaced = typeof key === "object" && "value" in key;
  const secret = isPlaced ? context.secret(key.value, [...at, "value"]) : context.secret(key, at);
  if (secret === undefined) return {};
  if (/[^\x20-\x7e]/.test(secret)) {
    context.problems.push({ path: at, message: "must be printable ASCII to fit in a header" });
    return {};
  }
  const { name, prefix = "" } = (isPlaced ? key.location?.header : undefined) ?? BEARER;
  return { [name.toLowerCase()]: prefix + secret };
}

const BEARER = { name: "proxy-authorization", prefix: "Bearer " };
