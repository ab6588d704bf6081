import { setImmediate } from "node:timers";
import { concat } from "../http_request.ts";
import type { Exchange } from "../http_server.ts";

/**
 * Writes a stream in pieces of odd lengths that pay no heed to lines, frames or characters, each
 * in a write of its own.
 */
export class OddWriter {
  readonly #exchange: Exchange;
  #held: Uint8Array = new Uint8Array();
  #writes = 0;

  constructor(exchange: Exchange) {
    this.#exchange = exchange;
  }

  /** Writes what fills whole pieces and keeps the rest. */
  async write(bytes: Uint8Array): Promise<void> {
    this.#held = concat([this.#held, bytes]);
    while (this.#held.length >= this.#pieceBytes) await this.#writePiece(this.#pieceBytes);
  }

  /** Writes what is left, so that the client has all there is before time passes. */
  async flush(): Promise<void> {
    if (this.#held.length > 0) await this.#writePiece(this.#held.length);
  }

  get #pieceBytes(): number {
    return pieceBytes[this.#writes % pieceBytes.length] ?? 1;
  }

  async #writePiece(length: number): Promise<void> {
    this.#exchange.write(this.#held.subarray(0, length));
    this.#held = this.#held.subarray(length);
    this.#writes++;
    // The socket's buffer would join what is written in one turn of the event loop.
    await new Promise<void>((resolve) => setImmediate(() => resolve()));
  }
}

const pieceBytes = [1, 61, 7, 257, 3, 129, 31, 511, 13];
