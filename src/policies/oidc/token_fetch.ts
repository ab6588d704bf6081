import { declaredLength, readBody } from "../../lib/read_body.ts";
import type { Callout } from "../callout.ts";

/** The provider could not be asked, or broke off. */
export class Unreachable extends Error {
  override readonly name = "Unreachable";
}

/** The longest answer of a token endpoint that is read. */
const BODY_BYTES_MAX = 256 * 1024;

interface TokenRequest {
  readonly method: "POST";
  readonly headers: Readonly<Record<string, string>>;
  readonly body: URLSearchParams;
  readonly signal?: AbortSignal;
}

/** Gives the library of OAuth a way to the token endpoint of a provider. */
export function tokenFetch(callout: Callout) {
  return async (
    url: string,
    { method, headers, body, signal }: TokenRequest,
  ): Promise<Response> => {
    const { pathname, search } = new URL(url);
    try {
      const response = await callout({
        method,
        path: pathname + search,
        headers: { ...headers, "content-type": FORM },
        body: String(body),
        signal: signal ?? new AbortController().signal,
      });
      const bytes = await readBody(response, declaredLength(response.headers), BODY_BYTES_MAX);
      const { status } = response;
      const isEmpty = status === 204 || status === 205 || status === 304;
      return new Response(isEmpty ? null : bytes, { status, headers: response.headers });
    } catch (cause) {
      signal?.throwIfAborted();
      throw new Unreachable(cause instanceof Error ? cause.message : String(cause), { cause });
    }
  };
}

const FORM = "application/x-www-form-urlencoded";
