import type { X509Certificate } from "node:crypto";
import { checkServerIdentity } from "node:tls";
import type { ProblemPath } from "../config/normalised.ts";
import type { ListenerTlsConfig } from "../config/schema/listener_tls.ts";
import { type PortCertificate, type PortTls, portTls } from "../routing/port_tls.ts";
import type { CompileContext } from "./compile_context.ts";
import { digestOf, type PemContext, readCertificates, readKeyPair } from "./pem.ts";

/** What compiling the TLS of a port needs. */
export type ListenerTlsContext = PemContext & Pick<CompileContext, "keep">;

/** What a listener says of its TLS. */
export interface ListenerTlsSource {
  /** The object that `tls` and `protocol` are members of. */
  readonly at: ProblemPath;
  readonly hostname?: string | undefined;
  /** Undefined where TLS alone decides. */
  readonly protocol?: "HTTP" | "HTTPS" | undefined;
  readonly tls?: ListenerTlsConfig | undefined;
}

/** The TLS of a port; undefined if it has none, or if problems were added. */
export function compileListenerTls(
  listeners: readonly ListenerTlsSource[],
  { handshakeMsMax }: { readonly handshakeMsMax: number },
  context: ListenerTlsContext,
): PortTls | undefined {
  const found = context.problems.length;
  checkProtocols(listeners, context);
  const secure = listeners.flatMap(({ at, tls, hostname }) =>
    tls === undefined ? [] : [{ at: [...at, "tls"], tls, hostname }]
  );
  const [first] = secure;
  if (first === undefined) return undefined;
  checkHostnames(secure, context);
  const versions = versionsOf(first.tls);
  for (const { at, tls } of secure) checkVersions(tls, at, versions, context);
  const certificates = secure.map(({ at, tls, hostname }) => ({
    hostname,
    certificate: readCertificate(tls, hostname, at, context),
  }));
  if (context.problems.length > found) return undefined;
  return portTls(
    { handshakeMsMax, minVersion: versions.min, maxVersion: versions.max },
    certificates.flatMap(({ hostname, certificate }) =>
      certificate === undefined ? [] : [{ hostname, certificate }]
    ),
  );
}

function checkProtocols(
  listeners: readonly ListenerTlsSource[],
  { problems }: ListenerTlsContext,
): void {
  for (const { at, protocol, tls } of listeners) {
    if (protocol === "HTTPS" && tls === undefined) {
      problems.push({ path: [...at, "protocol"], message: "HTTPS needs tls beside it" });
    }
    if (protocol === "HTTP" && tls !== undefined) {
      problems.push({ path: [...at, "tls"], message: "needs `protocol: HTTPS` beside it" });
    }
  }
  const [first, ...others] = listeners;
  const odd = others.find(({ tls }) => (tls === undefined) !== (first?.tls === undefined));
  if (odd === undefined) return;
  const path = odd.tls === undefined ? odd.at : [...odd.at, "tls"];
  problems.push({ path, message: "either all listeners of a port have tls, or none" });
}

/** A client is judged by one listener only. */
function checkHostnames(
  secure: readonly { readonly at: ProblemPath; readonly hostname?: string | undefined }[],
  { problems }: ListenerTlsContext,
): void {
  const seen = new Set<string>();
  for (const { at, hostname = "*" } of secure) {
    const name = hostname.toLowerCase();
    if (seen.has(name)) {
      const message = "another listener of the port has tls for the same hostname";
      problems.push({ path: at, message });
    }
    seen.add(name);
  }
}

interface Versions {
  readonly min: "TLSv1.2" | "TLSv1.3";
  readonly max: "TLSv1.2" | "TLSv1.3";
}

function versionsOf(tls: ListenerTlsConfig): Versions {
  const min = tls.minTLSVersion ?? tls.minTlsVersion ?? "TLS_V1_2";
  const max = tls.maxTLSVersion ?? tls.maxTlsVersion ?? "TLS_V1_3";
  return {
    min: min === "TLS_V1_2" ? "TLSv1.2" : "TLSv1.3",
    max: max === "TLS_V1_2" ? "TLSv1.2" : "TLSv1.3",
  };
}

/** Bun has one range of versions for all certificates of a port. */
function checkVersions(
  tls: ListenerTlsConfig,
  at: ProblemPath,
  first: Versions,
  { problems }: ListenerTlsContext,
): void {
  const { min, max } = versionsOf(tls);
  if (min > max) {
    const path = [...at, tls.minTlsVersion === undefined ? "minTLSVersion" : "minTlsVersion"];
    problems.push({ path, message: "must not be newer than the newest version" });
  } else if (min !== first.min || max !== first.max) {
    const message = "all listeners of a port must have the same versions of TLS";
    problems.push({ path: at, message });
  }
}

function readCertificate(
  tls: ListenerTlsConfig,
  hostname: string | undefined,
  at: ProblemPath,
  context: ListenerTlsContext,
): PortCertificate | undefined {
  const pair = readKeyPair(tls, at, context);
  const root = tls.root === undefined
    ? undefined
    : readCertificates(tls.root, [...at, "root"], context);
  if (pair === undefined || (tls.root !== undefined && root === undefined)) return undefined;
  warnOfHostname(pair.leaf, hostname, [...at, "cert"], context);
  const { certPem, keyPem } = pair;
  const certificate = root === undefined
    ? { certPem, keyPem }
    : { certPem, keyPem, clientCaPem: root.pem };
  // As long as it is the same, clients go on with the sessions that they have.
  const key = `listener certificate ${digestOf(certPem, keyPem, root?.pem)}`;
  return context.keep<PortCertificate>(key, () => certificate);
}

function warnOfHostname(
  leaf: X509Certificate,
  hostname: string | undefined,
  at: ProblemPath,
  { warnings }: ListenerTlsContext,
): void {
  if (hostname === undefined || hostname === "*") return;
  // Deno 2.9's `checkHost` knows no wildcards.
  const problem = checkServerIdentity(hostname.replace("*", "any"), leaf.toLegacyObject());
  if (problem === undefined) return;
  warnings.push({ path: at, message: `the certificate is not for ${hostname}` });
}
