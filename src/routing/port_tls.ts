import { type HostTable, hostTable } from "./hostname.ts";

/** How a port speaks TLS, and which certificate it shows to whom. */
export interface PortTls extends PortTlsSettings {
  /** Whether any of the certificates is for clients that have one too. */
  readonly asksForCertificate: boolean;
  /** The certificate for the name that a client asks for, which is empty if it names none. */
  certificateFor(serverName: string): PortCertificate | undefined;
  /**
   * Whether a connection that was made for a name may carry requests for a host: what a client had
   * to show for one listener says nothing to another.
   */
  accepts(serverName: string, hostname: string): boolean;
}

/** What holds for the whole of a port; none of it can change while the port is open. */
export interface PortTlsSettings {
  readonly handshakeMsMax: number;
  readonly minVersion: "TLSv1.2" | "TLSv1.3";
  readonly maxVersion: "TLSv1.2" | "TLSv1.3";
}

/** A certificate with its key; the same object as before is the same certificate as before. */
export interface PortCertificate {
  readonly certPem: string;
  readonly keyPem: string;
  /** Clients have to show a certificate that one of these has issued. */
  readonly clientCaPem?: string | undefined;
}

/** The certificate of a listener; of any host without a hostname. */
export interface NamedCertificate {
  readonly hostname: string | undefined;
  readonly certificate: PortCertificate;
}

/** Puts the certificates of a port's listeners together; the most specific name wins. */
export function portTls(
  settings: PortTlsSettings,
  listeners: readonly NamedCertificate[],
): PortTls {
  const table = hostTable(listeners.map(({ hostname, certificate }) => ({
    hostnames: hostname === undefined ? [] : [hostname],
    entry: certificate,
  })));
  const certificateFor = (name: string) => table.levels(name).flat()[0];
  return {
    ...settings,
    asksForCertificate: listeners.some(({ certificate }) => certificate.clientCaPem !== undefined),
    certificateFor,
    accepts(serverName, hostname) {
      const wanted = certificateFor(hostname);
      if (wanted === undefined || wanted === certificateFor(serverName)) return true;
      // Who names no server cannot have asked for the right one.
      return serverName === "" && wanted.clientCaPem === undefined;
    },
  };
}

/**
 * The listeners of a port with TLS: those of the most specific name alone serve a host, for no
 * other has judged the client.
 */
export function mostSpecific<Entry>(table: HostTable<Entry>): HostTable<Entry> {
  return {
    levels: (hostname) => table.levels(hostname).filter((level) => level.length > 0).slice(0, 1),
  };
}
