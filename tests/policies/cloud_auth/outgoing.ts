import type { OutgoingRequest } from "../../../src/policies/cloud_auth/authorizer.ts";
import type { HeaderRecord } from "../../../src/lib/header_record.ts";

/** A request that is ready but for its authorization. */
export function outgoing(
  url = "https://provider.example/v1/chat",
  headers: HeaderRecord = {},
  signal: AbortSignal = new AbortController().signal,
): OutgoingRequest {
  return { method: "POST", url, headers, body: "{}", signal };
}

/** A server on loopback for the time of a test; what it was asked is in `seen`. */
export async function withServer(
  answer: (request: Request) => Response | Promise<Response>,
  use: (origin: string) => Promise<void>,
): Promise<void> {
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, answer);
  try {
    await use(`http://127.0.0.1:${server.addr.port}`);
  } finally {
    await server.shutdown();
  }
}

/** Variables of the process for the time of a test; undefined ones are unset. */
export async function withEnvironment(
  variables: Readonly<Record<string, string | undefined>>,
  use: () => Promise<void>,
): Promise<void> {
  const before = Object.keys(variables).map((name) => [name, Deno.env.get(name)] as const);
  setAll(Object.entries(variables));
  try {
    await use();
  } finally {
    setAll(before);
  }
}

function setAll(variables: Iterable<readonly [name: string, value: string | undefined]>): void {
  for (const [name, value] of variables) {
    if (value === undefined) Deno.env.delete(name);
    else Deno.env.set(name, value);
  }
}
