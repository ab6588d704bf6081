import { createHash, createPrivateKey, X509Certificate } from "node:crypto";
import { createSecureContext } from "node:tls";
import type { ProblemPath } from "../config/normalised.ts";
import type { CompileContext } from "./compile_context.ts";

/** What reading certificates needs. */
export type PemContext = Pick<CompileContext, "problems" | "warnings" | "readFile" | "environment">;

/** A certificate with its key, as texts in PEM. */
export interface KeyPair {
  readonly certPem: string;
  readonly keyPem: string;
}

/** Reads a certificate and its key, which are at `cert` and `key` below a place. */
export function readKeyPair(
  { cert, key }: { readonly cert: string; readonly key: string },
  at: ProblemPath,
  context: PemContext,
): KeyPair & { readonly leaf: X509Certificate } | undefined {
  const chain = readCertificates(cert, [...at, "cert"], context);
  const keyPem = readKey(key, [...at, "key"], context);
  const [leaf] = chain?.certificates ?? [];
  if (chain === undefined || leaf === undefined || keyPem === undefined) return undefined;
  if (!leaf.checkPrivateKey(createPrivateKey(keyPem))) {
    const message = `is not the private key of the certificate in ${cert}`;
    context.problems.push({ path: [...at, "key"], message });
    return undefined;
  }
  const pair = { certPem: chain.pem, keyPem };
  try {
    createSecureContext({ cert: pair.certPem, key: pair.keyPem });
  } catch (cause) {
    context.problems.push({ path: [...at, "cert"], message: `cannot be used: ${reasonOf(cause)}` });
    return undefined;
  }
  warnOfDates(leaf, [...at, "cert"], context);
  return { ...pair, leaf };
}

/** Reads a file of certificates, and gives those alone. */
export function readCertificates(
  path: string,
  at: ProblemPath,
  context: PemContext,
): { readonly pem: string; readonly certificates: readonly X509Certificate[] } | undefined {
  const text = context.readFile(path, at);
  if (text === undefined) return undefined;
  const blocks = text.match(CERTIFICATE) ?? [];
  if (blocks.length === 0) {
    context.problems.push({ path: at, message: `no PEM certificate in ${path}` });
    return undefined;
  }
  try {
    const certificates = blocks.map((block) => new X509Certificate(block));
    return { pem: blocks.join("\n") + "\n", certificates };
  } catch {
    context.problems.push({ path: at, message: `a certificate in ${path} cannot be read` });
    return undefined;
  }
}

/** Stands for texts where they must not be, or are too long. */
export function digestOf(...texts: readonly (string | undefined)[]): string {
  return createHash("sha256").update(JSON.stringify(texts)).digest("hex");
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]*-----END CERTIFICATE-----/g;
const PRIVATE_KEY = /-----BEGIN ((?:RSA |EC )?PRIVATE KEY)-----[A-Za-z0-9+/=\s]*-----END \1-----/;

/** Nothing of a key is told, not even what is wrong with it. */
function readKey(path: string, at: ProblemPath, context: PemContext): string | undefined {
  const text = context.readFile(path, at);
  if (text === undefined) return undefined;
  const block = PRIVATE_KEY.exec(text)?.[0];
  if (block === undefined) {
    context.problems.push({ path: at, message: `no unencrypted PEM private key in ${path}` });
    return undefined;
  }
  try {
    createPrivateKey(block);
    return block + "\n";
  } catch {
    context.problems.push({ path: at, message: `the private key in ${path} cannot be read` });
    return undefined;
  }
}

function warnOfDates(leaf: X509Certificate, at: ProblemPath, context: PemContext): void {
  const nowMs = context.environment.epochMs();
  if (Date.parse(leaf.validTo) < nowMs) {
    context.warnings.push({ path: at, message: `the certificate expired on ${leaf.validTo}` });
  } else if (Date.parse(leaf.validFrom) > nowMs) {
    const message = `the certificate is not valid before ${leaf.validFrom}`;
    context.warnings.push({ path: at, message });
  }
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
