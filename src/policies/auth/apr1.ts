import { createHash } from "node:crypto";

const ROUNDS = 1000;
const ALPHABET = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/**
 * Apache's MD5 hash of a password, without `$apr1$` and salt.
 *
 * https://httpd.apache.org/docs/2.4/misc/password_encryptions.html
 */
export function apr1(password: Uint8Array, salt: string): string {
  const saltBytes = new TextEncoder().encode(salt);
  let digest = md5([
    password,
    new TextEncoder().encode(`$apr1$${salt}`),
    repeated(md5([password, saltBytes, password]), password.length),
    ...lengthBits(password),
  ]);
  for (let round = 0; round < ROUNDS; round++) {
    const isOdd = round % 2 === 1;
    digest = md5([
      isOdd ? password : digest,
      ...(round % 3 === 0 ? [] : [saltBytes]),
      ...(round % 7 === 0 ? [] : [password]),
      isOdd ? digest : password,
    ]);
  }
  return encoded(digest);
}

function md5(parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash("md5");
  for (const part of parts) hash.update(part);
  return hash.digest();
}

function repeated(bytes: Uint8Array, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => bytes[index % bytes.length] ?? 0);
}

/** A byte for every bit of the length: zero for a one, for a zero the first of the password. */
function lengthBits(password: Uint8Array): readonly Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let bits = password.length; bits > 0; bits >>= 1) {
    parts.push(bits & 1 ? new Uint8Array(1) : password.subarray(0, 1));
  }
  return parts;
}

/** The order in which the bytes of the digest are written, three at a time. */
const GROUPS = [[0, 6, 12], [1, 7, 13], [2, 8, 14], [3, 9, 15], [4, 10, 5]] as const;

function encoded(digest: Uint8Array): string {
  const at = (index: number) => digest[index] ?? 0;
  const groups = GROUPS.map(([high, middle, low]) =>
    digits(at(high) << 16 | at(middle) << 8 | at(low), 4)
  );
  return groups.join("") + digits(at(11), 2);
}

function digits(value: number, count: number): string {
  return Array.from({ length: count }, (_, index) => ALPHABET[value >> 6 * index & 63]).join("");
}
