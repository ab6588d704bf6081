import { copyFile, type FileHandle, open, readFile, rename, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { readRecord, recordLine, type SpendingRecord } from "../policies/budget/record.ts";

/** Whose sums are kept. */
export interface BudgetSums {
  /** Takes in what was spent before. */
  load(record: SpendingRecord): void;
  /** All that still counts. */
  records(): Iterable<SpendingRecord>;
}

/** What a file may have grown by before it is written anew, at the least; in bytes. */
const GROWTH_MIN = 1024 * 1024;

/** What was spent is nobody else's business. */
const FILE_MODE = 0o600;

/** How often the disk is asked to keep what was written, at the most. */
const SYNC_INTERVAL_MS = 1_000;

/** How long it takes until a file that could not be written is tried again. */
const RETRY_MS = 5_000;

/**
 * Owns the file in which the sums of budgets survive: a line of JSON for everything spent.
 *
 * Nobody waits for it: what is spent while lines are being written is written after them, all at
 * once. The disk is asked to keep them once a second, so that a crash of the process loses none
 * that was written, and one of the machine those of a second. When the file has grown it is
 * replaced by one that has the sums alone.
 */
export class BudgetFile {
  readonly #path: string;
  readonly #sums: BudgetSums;
  readonly #warn: (message: string) => void;
  #state: "closed" | "loaded" | "open" | "broken" = "closed";
  #handle: FileHandle | undefined;
  #pending: string[] = [];
  /** What this process knows the file to have, and how much of that is sums. */
  #bytes = 0;
  #sumBytes = 0;
  #isShared = false;
  #isSyncDue = false;
  #working: Promise<void> | undefined;
  #syncTimer: ReturnType<typeof setTimeout> | undefined;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(path: string, sums: BudgetSums, warn: (message: string) => void) {
    this.#path = path;
    this.#sums = sums;
    this.#warn = warn;
  }

  /**
   * Takes in the sums of the file, once, and readies it to be written; rejects where that fails,
   * and may be tried again.
   */
  async open(): Promise<void> {
    if (this.#state !== "closed" && this.#state !== "loaded") return;
    try {
      if (this.#state === "closed") await this.#load();
      this.#state = "loaded";
      await this.#rewrite();
      this.#state = "open";
    } catch (cause) {
      throw new Error(`cannot keep budgets in ${this.#path}: ${messageOf(cause)}`, { cause });
    }
    this.#work();
  }

  /** Has something spent written, soon. */
  add(record: SpendingRecord): void {
    this.#pending.push(recordLine(record));
    this.#work();
  }

  /** Writes what is left. */
  async close(): Promise<void> {
    clearTimeout(this.#retryTimer);
    clearTimeout(this.#syncTimer);
    await this.#working;
    if (this.#state === "broken") await this.#mend();
    this.#isSyncDue = true;
    this.#work();
    await this.#working;
    clearTimeout(this.#retryTimer);
    clearTimeout(this.#syncTimer);
    await this.#handle?.close();
    this.#handle = undefined;
  }

  async #load(): Promise<void> {
    const lines = (await readIfThere(this.#path)).split("\n");
    const damaged: number[] = [];
    for (const [index, line] of lines.entries()) {
      const record = readRecord(line);
      if (record !== undefined) this.#sums.load(record);
      // A crash may have cut the last line short.
      else if (line !== "" && index < lines.length - 1) damaged.push(index + 1);
    }
    if (damaged.length === 0) return;
    const copy = `${this.#path}.damaged`;
    await copyFile(this.#path, copy);
    this.#warn(
      `${this.#path} has ${damaged.length} lines that tell of nothing spent, the first of them ` +
        `line ${damaged[0]}; they are left out, and ${copy} has them still`,
    );
  }

  #work(): void {
    this.#working ??= this.#drain().finally(() => this.#working = undefined);
  }

  async #drain(): Promise<void> {
    try {
      while (this.#state === "open" && (this.#pending.length > 0 || this.#isSyncDue)) {
        if (this.#pending.length > 0) await this.#write();
        if (this.#isSyncDue) await this.#sync();
      }
    } catch (cause) {
      this.#broken(cause);
    }
  }

  async #write(): Promise<void> {
    await this.#lookForOthers();
    const isGrown = this.#bytes - this.#sumBytes > Math.max(GROWTH_MIN, 2 * this.#sumBytes);
    if (isGrown && !this.#isShared) return await this.#rewrite();
    const batch = new TextEncoder().encode(this.#pending.join(""));
    this.#pending = [];
    await this.#handle?.appendFile(batch);
    this.#bytes += batch.length;
    this.#syncTimer ??= setTimeout(() => {
      this.#syncTimer = undefined;
      this.#isSyncDue = true;
      this.#work();
    }, SYNC_INTERVAL_MS);
  }

  async #sync(): Promise<void> {
    this.#isSyncDue = false;
    await this.#handle?.datasync();
  }

  /** Replaces the file by one that has all sums, and with them everything that is pending. */
  async #rewrite(): Promise<void> {
    this.#pending = [];
    const lines = new TextEncoder().encode([...this.#sums.records()].map(recordLine).join(""));
    await replaceFile(this.#path, lines);
    await this.#reopen();
    this.#bytes = lines.length;
    this.#sumBytes = lines.length;
  }

  async #reopen(): Promise<void> {
    await this.#handle?.close();
    this.#handle = undefined;
    this.#handle = await open(this.#path, "a", FILE_MODE);
  }

  /** A file that others write, too, is never replaced: that would lose their lines. */
  async #lookForOthers(): Promise<void> {
    const { size, ino } = await stat(this.#path);
    const own = await this.#handle?.stat();
    if (own?.ino !== ino) await this.#reopen();
    else if (size === this.#bytes) return;
    this.#bytes = size;
    if (this.#isShared) return;
    this.#isShared = true;
    this.#warn(
      `${this.#path} is written by another process, too: their budgets are counted apart until ` +
        `the next start; give each a config.state.file of its own, or use config.redis`,
    );
  }

  /** Budgets hold meanwhile; when the file works again it gets their sums. */
  #broken(cause: unknown): void {
    this.#state = "broken";
    this.#warn(
      `cannot write ${this.#path}, so that a restart would forget budgets: ${messageOf(cause)}`,
    );
    this.#retrySoon();
  }

  #retrySoon(): void {
    this.#retryTimer = setTimeout(() => {
      this.#working ??= this.#mend().finally(() => this.#working = undefined);
    }, RETRY_MS);
  }

  async #mend(): Promise<void> {
    try {
      if (this.#isShared) await this.#reopen();
      else await this.#rewrite();
      this.#state = "open";
      // Half a line may have been written.
      if (this.#isShared) this.#pending = ["\n"];
      this.#warn(`${this.#path} is written again`);
    } catch {
      this.#retrySoon();
    }
  }
}

/** What there is under a name is whole at any time, the old text or the new one. */
async function replaceFile(path: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(`${path}.new`, "w", FILE_MODE);
  try {
    await handle.writeFile(bytes);
    await handle.datasync();
  } finally {
    await handle.close();
  }
  await rename(`${path}.new`, path);
  const folder = await open(dirname(path), "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function readIfThere(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return "";
    throw cause;
  }
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
