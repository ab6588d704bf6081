import { Buffer } from "node:buffer";

/** The answers of one API as bytes of HTTP, ready to write. */
export interface Answers {
  /** A whole answer of about 1 KB of JSON, as good for all requests. */
  readonly whole: Uint8Array;
  /** A whole answer that says how long the request was. */
  received(bytes: number): Uint8Array;
  readonly streamHead: Uint8Array;
  /** The events of a stream, which may depend on what was asked for. */
  stream(body: string): StreamEvents;
}

/** The events of a stream as HTTP chunks. */
export interface StreamEvents {
  /** What stands before the text. */
  readonly first: Uint8Array;
  readonly token: Uint8Array;
  /** What stands behind the text, and the end of the HTTP body. */
  readonly last: Uint8Array;
}

/** A text of some hundred characters, as a model writes it. */
export const prose =
  "A gateway between applications and model providers does four things. It finds out where a " +
  "request should go, it checks that the caller may send it, it speaks to the provider in the " +
  "provider's own words, and it counts what was used. Everything else follows from these: a key " +
  "need not be handed to every team, a provider that fails can be replaced while the request is " +
  "in flight, and the bill at the end of the month can be explained line by line.";

/** What an answer says that tells how long the request was. */
export function receivedText(bytes: number): string {
  return `received ${bytes} bytes`;
}

/** A whole answer of JSON; each header ends its line. */
export function wholeAnswer(headers: string, json: unknown): Uint8Array {
  const body = Buffer.from(JSON.stringify(json));
  const head = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n${headers}` +
    `content-length: ${body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), body]);
}

/** The head of a streamed answer; each header ends its line. */
export function streamHead(headers: string): Uint8Array {
  return Buffer.from(
    `HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\n${headers}` +
      `cache-control: no-cache\r\ntransfer-encoding: chunked\r\n\r\n`,
  );
}

/** Text as one chunk of an HTTP body. */
export function httpChunk(text: string): Uint8Array {
  return Buffer.from(`${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`);
}

/** The chunk that ends an HTTP body. */
export const bodyEnd: Uint8Array = Buffer.from("0\r\n\r\n");
