import { exportJWK, generateKeyPair, type JWK, SignJWT } from "jose";

/** An issuer's key pair with a name. */
export interface SigningKey {
  readonly kid: string;
  readonly alg: string;
  readonly privateKey: Awaited<ReturnType<typeof generateKeyPair>>["privateKey"];
  /** The public half as a key set lists it. */
  readonly jwk: JWK;
}

/** Makes a key pair. */
export async function signingKey(kid: string, alg = "ES256"): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { kid, alg, privateKey, jwk: { ...await exportJWK(publicKey), kid } };
}

/** The JSON text of a key set. */
export function keySetText(...keys: readonly SigningKey[]): string {
  return JSON.stringify({ keys: keys.map(({ jwk }) => jwk) });
}

/** Now, on the clock of the fake compile context, in seconds since 1970. */
export const NOW_S = 1_700_000_000;
/** The issuer of most tokens. */
export const ISSUER = "https://issuer.test/";

/** A token of the issuer that is good for an hour; undefined claims are left out. */
export function token(
  key: SigningKey,
  claims: Readonly<Record<string, unknown>> = {},
  header: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const all = { iss: ISSUER, sub: "ada", exp: NOW_S + 3600, ...claims };
  return new SignJWT(all)
    .setProtectedHeader({ alg: key.alg, kid: key.kid, ...header })
    .sign(key.privateKey);
}
