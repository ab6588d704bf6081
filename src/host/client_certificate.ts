import { X509Certificate } from "node:crypto";
import type { ClientCertificate } from "./host.ts";

/** What a certificate in DER says. */
export function clientCertificate(der: Uint8Array): ClientCertificate {
  const { subject, issuer, subjectAltName, raw } = new X509Certificate(der);
  const base64 = raw.toString("base64").replace(/.{64}(?=.)/g, "$&\n");
  return {
    subject: distinguishedName(subject),
    issuer: distinguishedName(issuer),
    subjectAltNames: splitAltNames(subjectAltName ?? ""),
    pem: `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`,
  };
}

/** Node puts every attribute on a line of its own. */
function distinguishedName(lines: string): string {
  return lines.trim().split("\n").join(", ");
}

/**
 * The values of `DNS:a.test, URI:"spiffe://a,b"`; Node quotes those that could be misread, as JSON
 * does (CVE-2021-44532).
 */
export function splitAltNames(text: string): readonly string[] {
  const entries = text.matchAll(/(?:^|, )[A-Za-z][A-Za-z0-9 ]*:("(?:[^"\\]|\\.)*"|[^,]*)/g);
  return [...entries].map(([, value = ""]) => value.startsWith('"') ? unquoted(value) : value);
}

function unquoted(text: string): string {
  try {
    return String(JSON.parse(text));
  } catch {
    return text;
  }
}
