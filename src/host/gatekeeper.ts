import { createSecureContext, type SecureContext } from "node:tls";
import { clientCertificate } from "./client_certificate.ts";
import type { ArrivalTls, ServerCertificate, ServerTls } from "./host.ts";

/** Shows a listener's certificates, and lets in whom they are for. */
export interface Gatekeeper {
  /** For a server of `node:tls`. */
  readonly options: GatekeeperOptions;
  readonly tls: ServerTls;
  useCertificates(tls: ServerTls): void;
  /** To be asked once of every connection whose handshake is done; false closes it. */
  admit(socket: Handshake): boolean;
  /** What an admitted connection told; undefined for all others. */
  arrivalOf(socket: object): ArrivalTls | undefined;
}

/** The part of a connection of `node:tls` that tells how its handshake went. */
export interface Handshake {
  readonly authorized: boolean;
  /** The name that was asked for; not a text if there was none. */
  readonly servername?: unknown;
  isSessionReused(): boolean;
  getPeerCertificate(): PeerCertificate;
}

/** A certificate as `node:tls` shows it; nothing is in it if there is none. */
interface PeerCertificate {
  readonly raw?: Uint8Array;
  readonly fingerprint256: string;
  readonly valid_to: string;
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
      const shown = certificate.clientCaPem === undefined
        ? undefined
        : verified(socket, knownFor(certificate));
      if (shown === undefined && certificate.clientCaPem !== undefined) return false;
      arrivals.set(socket, {
        serverName,
        clientCertificate: shown === undefined ? undefined : clientCertificate(shown),
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
      try {
        const context = contextFor(normalised(name));
        if (context === undefined) done(new Error("no certificate for this name"));
        else done(null, context);
      } catch (cause) {
        done(cause instanceof Error ? cause : new Error(String(cause)));
      }
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
 * The certificate that a client has shown, if the listener's roots have issued it.
 *
 * Deno 2.9 calls every resumed session authorized, even one whose client was refused before; so a
 * session is only resumed for certificates that have passed a full handshake here.
 */
function verified(socket: Handshake, known: Set<string>): Uint8Array | undefined {
  const { raw, fingerprint256, valid_to } = socket.getPeerCertificate();
  // Deno may also say that a client without a certificate is authorized.
  if (raw === undefined || !socket.authorized) return undefined;
  if (socket.isSessionReused()) {
    const isGood = known.has(fingerprint256) && Date.parse(valid_to) > Date.now();
    return isGood ? raw : undefined;
  }
  known.add(fingerprint256);
  const [oldest] = known;
  if (known.size > KNOWN_MAX && oldest !== undefined) known.delete(oldest);
  return raw;
}

function nameOf({ servername }: Handshake): string {
  return typeof servername === "string" ? normalised(servername) : "";
}

function normalised(name: string): string {
  return name.toLowerCase().replace(/\.$/, "");
}
