import { createSecureContext, type SecureContext, type TLSSocket } from "node:tls";
import { clientCertificate } from "./client_certificate.ts";
import type { ArrivalTls, ServerCertificate, ServerTls } from "./host.ts";

/** Shows a listener's certificates, and lets in whom they are for. */
export interface Gatekeeper {
  /** For a server of `node:tls`. */
  readonly options: GatekeeperOptions;
  readonly tls: ServerTls;
  useCertificates(tls: ServerTls): void;
  /** To be asked once of every connection whose handshake is done; false closes it. */
  admit(socket: TLSSocket): boolean;
  /** What an admitted connection told; undefined for all others. */
  arrivalOf(socket: object): ArrivalTls | undefined;
}

type GatekeeperOptions = ReturnType<typeof optionsFor>;

/** The most client certificates that a listener knows again; more only cost a full handshake. */
const KNOWN_MAX = 10_000;

/** Starts with the certificates of `first`. */
export function gatekeeper(first: ServerTls): Gatekeeper {
  let tls = first;
  const contexts = new WeakMap<ServerCertificate, SecureContext>();
  const known = new WeakMap<ServerCertificate, Set<string>>();
  const arrivals = new WeakMap<object, ArrivalTls>();

  function contextFor(serverName: string): SecureContext | undefined {
    const certificate = tls.certificateFor(serverName);
    if (certificate === undefined) return undefined;
    const made = contexts.get(certificate) ?? createSecureContext(contextOptions(tls, certificate));
    contexts.set(certificate, made);
    return made;
  }

  function knownFor(certificate: ServerCertificate): Set<string> {
    const fingerprints = known.get(certificate) ?? new Set();
    known.set(certificate, fingerprints);
    return fingerprints;
  }

  return {
    options: optionsFor(first, contextFor),
    get tls() {
      return tls;
    },
    useCertificates: (next) => void (tls = next),
    admit(socket) {
      const serverName = nameOf(socket);
      const certificate = tls.certificateFor(serverName);
      if (certificate === undefined) return false;
      const needsClients = certificate.clientCaPem !== undefined;
      if (needsClients && !isVerified(socket, knownFor(certificate))) return false;
      arrivals.set(socket, {
        serverName,
        clientCertificate: needsClients ? clientCertificate(socket) : undefined,
      });
      return true;
    },
    arrivalOf: (socket) => arrivals.get(socket),
  };
}

function optionsFor(tls: ServerTls, contextFor: (name: string) => SecureContext | undefined) {
  return {
    ALPNProtocols: ["http/1.1"],
    minVersion: tls.minVersion,
    maxVersion: tls.maxVersion,
    handshakeTimeout: tls.handshakeMsMax,
    requestCert: tls.asksForCertificate,
    // Whether one is needed depends on the name, so `admit` decides.
    rejectUnauthorized: false,
    SNICallback(name: string, done: (error: Error | null, context?: SecureContext) => void) {
      const context = contextFor(normalised(name));
      if (context === undefined) done(new Error("no certificate for this name"));
      else done(null, context);
    },
  };
}

/** What `node:tls` needs to know of a certificate. */
export function contextOptions(
  { minVersion, maxVersion }: ServerTls,
  { certPem, keyPem, clientCaPem }: ServerCertificate,
) {
  return {
    cert: certPem,
    key: keyPem,
    ...(clientCaPem === undefined ? {} : { ca: clientCaPem }),
    minVersion,
    maxVersion,
  };
}

/**
 * Whether a client has shown a certificate that the listener's roots have issued.
 *
 * Deno 2.9 calls every resumed session authorized, even one whose client was refused before; so a
 * session is only resumed for certificates that have passed a full handshake here.
 */
function isVerified(socket: TLSSocket, known: Set<string>): boolean {
  const { raw, fingerprint256, valid_to } = socket.getPeerCertificate();
  // Without a certificate Deno may say that the client is authorized.
  if (raw === undefined || !socket.authorized) return false;
  if (socket.isSessionReused()) {
    return known.has(fingerprint256) && Date.parse(valid_to) > Date.now();
  }
  if (known.size >= KNOWN_MAX) known.clear();
  known.add(fingerprint256);
  return true;
}

function nameOf(socket: TLSSocket): string {
  const name: unknown = "servername" in socket ? socket.servername : undefined;
  return typeof name === "string" ? normalised(name) : "";
}

function normalised(name: string): string {
  return name.toLowerCase().replace(/\.$/, "");
}
