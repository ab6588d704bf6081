import { concat } from "./http_request.ts";
import { within } from "./until.ts";

/** What came back on a connection of its own. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

export interface RawOptions {
  /** Closes the sending half after the last byte. */
  readonly halfClose?: boolean;
  readonly timeoutMs?: number;
}

/**
 * Sends bytes that need not be HTTP and reads one answer, or undefined when the other side closes
 * without one; a timeout means that it hangs.
 */
export async function rawRequest(
  url: string,
  bytes: string | Uint8Array,
  options: RawOptions = {},
): Promise<RawAnswer | undefined> {
  const { hostname, port } = new URL(url);
  const connection = await Deno.connect({ hostname, port: Number(port) });
  try {
    const sent = send(connection, bytes, options.halfClose ?? false);
    const answer = readAnswer(connection);
    return await within("an answer or the end", options.timeoutMs ?? 5_000, answer)
      .finally(() => sent.catch(() => {}));
  } finally {
    connection.close();
  }
}

async function send(
  connection: Deno.TcpConn,
  bytes: string | Uint8Array,
  halfClose: boolean,
): Promise<void> {
  let rest = typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes;
  while (rest.length > 0) rest = rest.subarray(await connection.write(rest));
  if (halfClose) await connection.closeWrite();
}

async function readAnswer(connection: Deno.TcpConn): Promise<RawAnswer | undefined> {
  let seen = new Uint8Array();
  const buffer = new Uint8Array(65_536);
  while (true) {
    const count = await connection.read(buffer).catch(() => null);
    if (count === null) return seen.length === 0 ? undefined : parseAnswer(seen, true);
    seen = concat([seen, buffer.subarray(0, count)]);
    const answer = parseAnswer(seen, false);
    if (answer !== undefined) return answer;
  }
}

function parseAnswer(bytes: Uint8Array, isEnd: boolean): RawAnswer | undefined {
  const text = new TextDecoder("latin1").decode(bytes);
  const headEnd = text.indexOf("\r\n\r\n");
  if (headEnd < 0) {
    if (isEnd) throw new Error(`the answer ends within its head: ${text.slice(0, 200)}`);
    return undefined;
  }
  const [statusLine = "", ...fields] = text.slice(0, headEnd).split("\r\n");
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(statusLine)?.[1]);
  if (!(status >= 100)) throw new Error(`not a status line: ${statusLine.slice(0, 200)}`);
  const headers = new Headers(
    fields.map((field) => [field.split(":")[0] ?? "", field.slice(field.indexOf(":") + 1).trim()]),
  );
  const body = readBody(text.slice(headEnd + 4), headers, isEnd);
  return body === undefined ? undefined : { status, headers, body: utf8(body) };
}

function readBody(rest: string, headers: Headers, isEnd: boolean): string | undefined {
  if (headers.get("transfer-encoding") === "chunked") {
    if (!rest.endsWith("0\r\n\r\n")) return undefined;
    let body = "";
    let at = 0;
    while (true) {
      const lineEnd = rest.indexOf("\r\n", at);
      const size = parseInt(rest.slice(at, lineEnd), 16);
      if (!(size > 0)) return body;
      body += rest.slice(lineEnd + 2, lineEnd + 2 + size);
      at = lineEnd + 4 + size;
    }
  }
  const length = headers.get("content-length");
  if (length === null) return isEnd ? rest : undefined;
  return rest.length >= Number(length) ? rest.slice(0, Number(length)) : undefined;
}

function utf8(latin1: string): string {
  return new TextDecoder().decode(Uint8Array.from(latin1, (character) => character.charCodeAt(0)));
}
