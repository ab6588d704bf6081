import { writeSync } from "node:fs";

/** Where log lines go. */
export interface Output {
  /** Takes one line without its end; it is written soon, or now if too many wait. */
  write(line: string): void;
  /** Writes all that waits before it returns; for the end of the process. */
  flush(): void;
  /** How many lines could not be written, because nobody reads them any more or a disk is full. */
  readonly lostLines: number;
}

interface OutputOptions {
  /** Writes bytes to standard output and returns how many it took; tests put their own. */
  readonly writeBytes?: (bytes: Uint8Array) => number;
  /** Blocks the thread for a moment. */
  readonly pause?: () => void;
}

const STDOUT = 1;
const FLUSH_INTERVAL_MS = 50;
const FLUSH_CHARACTERS = 64 * 1024;
const WAITING_LINES_MAX = 10_000;
const PAUSE_MS = 2;

/** The most that a pipe takes as a whole or not at all (PIPE_BUF). */
const PIECE_BYTES_MAX = 4096;

const LINE_END = "\n".charCodeAt(0);

/**
 * Gathers lines and writes them to standard output together, without losing any.
 *
 * Lines wait while the reader of a non-blocking pipe is slow; when too many wait, the next one
 * blocks the process until they are written, as a blocking pipe would.
 */
export function openOutput({ writeBytes = toStdout, pause = sleep }: OutputOptions = {}): Output {
  const backlog = createBacklog(writeBytes);
  let timer: ReturnType<typeof setTimeout> | undefined;

  function flushSoon(): void {
    timer ??= setTimeout(() => {
      timer = undefined;
      flushOrWait();
    }, FLUSH_INTERVAL_MS);
  }

  function flushOrWait(): void {
    if (!backlog.send()) flushSoon();
  }

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    while (!backlog.send()) pause();
  }

  return {
    write(line) {
      backlog.add(line);
      if (backlog.lineCount() >= WAITING_LINES_MAX) flush();
      else if (backlog.characters() >= FLUSH_CHARACTERS && !backlog.isStalled()) flushOrWait();
      else flushSoon();
    },
    flush,
    get lostLines() {
      return backlog.lostLines();
    },
  };
}

/** The lines that wait, and those that a slow reader has taken in part. */
function createBacklog(writeBytes: (bytes: Uint8Array) => number) {
  let lines: string[] = [];
  let characters = 0;
  let batch: Batch | undefined;
  let lostLines = 0;

  function takeLines(): Batch {
    const bytes = new TextEncoder().encode(`${lines.join("\n")}\n`);
    const taken = { bytes, sent: 0, lineCount: lines.length };
    lines = [];
    characters = 0;
    return taken;
  }

  return {
    lineCount: () => lines.length,
    characters: () => characters,
    isStalled: () => batch !== undefined,
    lostLines: () => lostLines,
    add(line: string): void {
      lines.push(line);
      characters += line.length;
    },
    /** Writes until nothing waits (true) or the reader has to catch up first (false). */
    send(): boolean {
      while (batch !== undefined || lines.length > 0) {
        batch ??= takeLines();
        try {
          sendBatch(batch, writeBytes);
        } catch (error) {
          if (isTemporary(error)) return false;
          lostLines += batch.lineCount;
        }
        batch = undefined;
      }
      return true;
    },
  };
}

/** Lines on their way out. */
interface Batch {
  readonly bytes: Uint8Array;
  readonly lineCount: number;
  sent: number;
}

function sendBatch(batch: Batch, writeBytes: (bytes: Uint8Array) => number): void {
  while (batch.sent < batch.bytes.length) batch.sent += writeBytes(nextPiece(batch));
}

/**
 * Whole lines as far as they fit into a piece, or else as much of one line.
 *
 * Deno splits what it writes to standard output after its last line and into what a pipe has room
 * for, and does not tell how much went out before it failed, so that a larger piece, or one that
 * ends within a line, could not be repeated without repeating some of it.
 */
function nextPiece({ bytes, sent }: Batch): Uint8Array {
  const end = Math.min(sent + PIECE_BYTES_MAX, bytes.length);
  const lineEnd = bytes.lastIndexOf(LINE_END, end - 1) + 1;
  return bytes.subarray(sent, lineEnd > sent ? lineEnd : end);
}

function toStdout(bytes: Uint8Array): number {
  return writeSync(STDOUT, bytes);
}

function isTemporary(error: unknown): boolean {
  if (!(error instanceof Error) || !("code" in error)) return false;
  return error.code === "EAGAIN" || error.code === "EINTR";
}

function sleep(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
}
