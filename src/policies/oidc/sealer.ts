import { Buffer } from "node:buffer";
import { createCipheriv, createDecipheriv } from "node:crypto";

/** Makes texts that only the gateway can read and make. */
export interface Sealer {
  /** In characters that a cookie may have. */
  seal(text: string, purpose: string): string;
  /** Undefined where the gateway has not sealed it, or for another purpose. */
  open(sealed: string, purpose: string): string | undefined;
}

interface SealerOptions {
  /** 32 bytes. */
  readonly key: Uint8Array;
  randomBytes(count: number): Uint8Array;
}

const CIPHER = "aes-256-gcm";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Seals with AES-256-GCM. */
export function sealer({ key, randomBytes }: SealerOptions): Sealer {
  return {
    seal(text, purpose) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(CIPHER, key, nonce);
      cipher.setAAD(new TextEncoder().encode(purpose));
      const parts = [nonce, cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()];
      return Buffer.concat(parts).toString("base64url");
    },
    open(sealed, purpose) {
      try {
        const bytes = Uint8Array.fromBase64(sealed, { alphabet: "base64url" });
        if (bytes.length < NONCE_BYTES + TAG_BYTES) return undefined;
        const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE_BYTES), {
          authTagLength: TAG_BYTES,
        });
        decipher.setAAD(new TextEncoder().encode(purpose));
        decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
        const text = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES), undefined, "utf8");
        return text + decipher.final("utf8");
      } catch {
        return undefined;
      }
    },
  };
}
