import type { Client, ClientRequest, ConnectionOptions, Host } from "../../src/host/host.ts";
import { onHead, type SocketServer, socketServer } from "./scenario.ts";

/** A client whose connections are made in a way of their own. */
export function clientOf(
  host: Host,
  connection: ConnectionOptions,
  pool: { readonly poolIdleTimeoutMs?: number; readonly poolIdleMax?: number } = {},
): Client {
  return host.client({ poolIdleTimeoutMs: 90_000, connection, ...pool });
}

/** Sends a GET, or what else is wished. */
export function ask(
  client: Client,
  url: string,
  request: Partial<ClientRequest> = {},
): Promise<Response> {
  const { signal } = new AbortController();
  return client.fetch(url, {
    method: "GET",
    headers: {},
    body: null,
    decode: true,
    signal,
    ...request,
  });
}

/** The JSON body of an answer. */
export async function told(client: Client, url: string): Promise<ReturnType<typeof JSON.parse>> {
  return await (await ask(client, url)).json();
}

/** A text in UTF-8. */
export function bytes(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

/** Whether an error is another than that of a time that has passed. */
export function notLate(cause: Error): boolean {
  return !cause.message.startsWith("not within");
}

/** Lets what is ready happen. */
export function noDelay(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

/** Answers `/whole`, begins an answer to `/begun`, and is silent to all else. */
export function hanging(): Promise<SocketServer> {
  return socketServer((socket) => {
    const next = () =>
      onHead(socket, (head) => {
        const path = head.split(" ")[1];
        if (path === "/whole") {
          socket.write("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok", next);
        } else if (path === "/begun") {
          socket.write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nbegin\r\n");
        }
      });
    next();
  });
}
