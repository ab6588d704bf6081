import { Buffer } from "node:buffer";
import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";

/** A certificate with its private key, in PEM. */
export interface TestCertificate {
  readonly certPem: string;
  readonly keyPem: string;
}

interface Wish {
  readonly commonName?: string;
  /** DNS names, IPv4 addresses and URIs. */
  readonly names?: readonly string[];
  /** Days from now; negative ones have passed. */
  readonly fromDays?: number;
  readonly toDays?: number;
}

/** A certificate authority of a test's own. */
export interface Authority {
  readonly pem: string;
  issue(wish?: Wish): TestCertificate;
}

/** Makes an authority; nothing of it is trusted by anybody who is not told to. */
export function authority(commonName = "Test Authority"): Authority {
  const keys = newKeys();
  const own = { issuer: commonName, signer: keys.privateKey };
  const pem = certificate({ commonName, ...own, publicKey: keys.publicKey, isAuthority: true });
  return {
    pem,
    issue(wish = {}) {
      const leaf = newKeys();
      const names = wish.names ?? [];
      const subject = wish.commonName ?? names[0] ?? "nobody";
      return {
        certPem: certificate({
          ...wish,
          ...own,
          commonName: subject,
          publicKey: leaf.publicKey,
          isAuthority: false,
        }),
        keyPem: privatePem(leaf.privateKey),
      };
    },
  };
}

/** A certificate that nobody but itself vouches for. */
export function selfSigned(...names: readonly string[]): TestCertificate {
  const { publicKey, privateKey } = newKeys();
  const commonName = names[0] ?? "nobody";
  return {
    certPem: certificate({
      commonName,
      names,
      issuer: commonName,
      signer: privateKey,
      publicKey,
      isAuthority: false,
    }),
    keyPem: privatePem(privateKey),
  };
}

function newKeys() {
  return generateKeyPairSync("ec", { namedCurve: "P-256" });
}

function privatePem(key: KeyObject): string {
  return key.export({ type: "pkcs8", format: "pem" }).toString();
}

interface Contents extends Wish {
  readonly commonName: string;
  readonly issuer: string;
  readonly publicKey: KeyObject;
  readonly signer: KeyObject;
  readonly isAuthority: boolean;
}

/** An X.509 certificate (RFC 5280, 4.1), signed with ECDSA over P-256. */
function certificate(contents: Contents): string {
  const { commonName, issuer, publicKey, signer, names = [], isAuthority } = contents;
  const { fromDays = -1, toDays = 30 } = contents;
  const extensions = isAuthority
    ? [extension([2, 5, 29, 19], der(SEQUENCE, der(BOOLEAN, Buffer.of(255))))]
    : names.length === 0
    ? []
    : [extension([2, 5, 29, 17], der(SEQUENCE, ...names.map(generalName)))];
  const body = der(
    SEQUENCE,
    der(0xa0, der(INTEGER, Buffer.of(2))),
    der(INTEGER, serialNumber()),
    ECDSA_WITH_SHA256,
    distinguishedName(issuer),
    der(SEQUENCE, time(fromDays), time(toDays)),
    distinguishedName(commonName),
    publicKey.export({ type: "spki", format: "der" }),
    ...(extensions.length === 0 ? [] : [der(0xa3, der(SEQUENCE, ...extensions))]),
  );
  const signature = sign("sha256", body, { key: signer, dsaEncoding: "der" });
  const whole = der(SEQUENCE, body, ECDSA_WITH_SHA256, der(BIT_STRING, Buffer.of(0), signature));
  const lines = whole.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}

const BOOLEAN = 0x01, INTEGER = 0x02, BIT_STRING = 0x03, OCTET_STRING = 0x04, OBJECT_ID = 0x06;
const UTF8_STRING = 0x0c, GENERALIZED_TIME = 0x18, SEQUENCE = 0x30, SET = 0x31;

const ECDSA_WITH_SHA256 = der(SEQUENCE, objectId([1, 2, 840, 10045, 4, 3, 2]));

/** A value with its tag and length. */
function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 128
    ? Buffer.of(length)
    : length < 256
    ? Buffer.of(0x81, length)
    : Buffer.of(0x82, length >> 8, length & 255);
  return Buffer.concat([Buffer.of(tag), size, content]);
}

function objectId([first = 0, second = 0, ...rest]: readonly number[]): Buffer {
  const bytes = rest.flatMap((part) => {
    const digits = [part & 127];
    for (let left = part >> 7; left > 0; left >>= 7) digits.unshift((left & 127) | 128);
    return digits;
  });
  return der(OBJECT_ID, Buffer.of(first * 40 + second, ...bytes));
}

function serialNumber(): Buffer {
  const bytes = Buffer.from(crypto.getRandomValues(new Uint8Array(12)));
  bytes[0] = ((bytes[0] ?? 0) & 127) | 64;
  return bytes;
}

function distinguishedName(commonName: string): Buffer {
  const value = der(UTF8_STRING, Buffer.from(commonName));
  return der(SEQUENCE, der(SET, der(SEQUENCE, objectId([2, 5, 4, 3]), value)));
}

function extension(id: readonly number[], value: Buffer): Buffer {
  return der(SEQUENCE, objectId(id), der(OCTET_STRING, value));
}

function generalName(name: string): Buffer {
  if (/^\d+\.\d+\.\d+\.\d+$/.test(name)) return der(0x87, Buffer.from(name.split(".").map(Number)));
  return der(name.includes("://") ? 0x86 : 0x82, Buffer.from(name));
}

function time(days: number): Buffer {
  const moment = new Date(Date.now() + days * 86_400_000).toISOString();
  return der(GENERALIZED_TIME, Buffer.from(moment.replace(/[-:T]|\.\d+/g, "")));
}
