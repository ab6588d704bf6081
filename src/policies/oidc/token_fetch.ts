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
    { method, headers, body, signal = NEVER }: TokenRequest,
  ): Promise<Response> => {
    const { pathname, search } = new URL(url);
    try {
      const response = await callout({
        method,
        path: pathname + search,
        headers: { ...headers, "content-type": FORM },
        body: String(body),
        signal,
      });
      return await whole(response);
    } catch (cause) {
      signal.throwIfAborted();
      throw new Unreachable(cause instanceof Error ? cause.message : String(cause), { cause });
    }
  };
}

const NEVER = new AbortController().signal;

const FORM = "application/x-www-form-urlencoded";

/** The library would wait for the end of whatever a provider sends. */
async function whole(response: Response): Promise<Response> {
  const { status, headers } = response;
  try {
    const bytes = await readBody(response, declaredLength(headers), BODY_BYTES_MAX);
    if (status >= 500) throw new Error(`the provider answers ${status}`);
    const isEmpty = status === 204 || status === 205 || status === 304;
    return new Response(isEmpty ? null : bytes, { status, headers });
  } catch (error) {
    response.body?.cancel().catch(() => {});
    throw error;
  }
}
