import assert from "node:assert/strict";
import { readRecord, recordLine, type SpendingRecord } from "../../src/policies/budget/record.ts";
import { BudgetFile } from "../../src/runtime/budget_file.ts";
import { until } from "../support/until.ts";

/** Sums of accounts, as a ledger has them. */
class Sums {
  readonly #sums = new Map<string, SpendingRecord>();

  load(record: SpendingRecord): void {
    const key = `${record.part} ${record.startMs}`;
    const { amount = 0 } = this.#sums.get(key) ?? {};
    this.#sums.set(key, { ...record, amount: amount + record.amount });
  }

  records(): Iterable<SpendingRecord> {
    return this.#sums.values();
  }

  /** By partition. */
  get amounts(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#sums.values()].map(({ part, amount }) => [part, amount]));
  }
}

interface Process {
  readonly sums: Sums;
  readonly file: BudgetFile;
  readonly warned: readonly string[];
  spend(part: string, amount: number): void;
}

function processOn(path: string): Process {
  const sums = new Sums();
  const warned: string[] = [];
  const file = new BudgetFile(path, sums, (message) => void warned.push(message));
  return {
    sums,
    file,
    warned,
    spend(part, amount) {
      const record = recordOf(part, amount);
      sums.load(record);
      file.add(record);
    },
  };
}

async function opened(path: string): Promise<Process> {
  const process = processOn(path);
  await process.file.open();
  return process;
}

function recordOf(part: string, amount: number): SpendingRecord {
  const budget = ["", "test", "tokens", "month", "UTC"] as const;
  return { budget, part, startMs: 1, endMs: 2, amount };
}

/** The sums that a process finds that starts now. */
async function found(path: string): Promise<Readonly<Record<string, number>>> {
  const { file, sums } = await opened(path);
  await file.close();
  return sums.amounts;
}

async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "budgets-" });
  try {
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const linesOf = async (path: string) => (await Deno.readTextFile(path)).split("\n").slice(0, -1);

Deno.test("BudgetFile keeps sums over restarts", () =>
  inFolder(async (folder) => {
    const path = `${folder}/state.jsonl`;
    const first = await opened(path);
    for (const amount of [1, 2, 3]) first.spend("a", amount);
    await first.file.close();
    assert.equal((await linesOf(path)).length, 3, "a line for everything spent");
    const second = await opened(path);
    assert.deepEqual(second.sums.amounts, { a: 6 });
    second.spend("a", 4);
    second.spend("b", 5);
    await second.file.close();
    assert.deepEqual(await found(path), { a: 10, b: 5 });
    assert.equal((await linesOf(path)).length, 2, "a start leaves the sums alone");
    assert.equal(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o600);
    assert.deepEqual([...first.warned, ...second.warned], []);
  }));

Deno.test("BudgetFile writes soon, though nobody waits for it", () =>
  inFolder(async (folder) => {
    const path = `${folder}/state.jsonl`;
    const process = await opened(path);
    process.spend("a", 1);
    await until("it is written", async () => (await linesOf(path)).length === 1);
    for (let count = 0; count < 1_000; count++) process.spend("a", 1);
    await until("all is written", async () => (await linesOf(path)).length === 1_001);
    await process.file.close();
    assert.deepEqual(await found(path), { a: 1_001 });
  }));

Deno.test("BudgetFile finds what was whole when a crash cut the file, wherever that was", () =>
  inFolder(async (folder) => {
    const path = `${folder}/state.jsonl`;
    const lines = ["a", "b", "a"].map((part, index) => recordLine(recordOf(part, index + 1)));
    const text = lines.join("");
    for (let end = 0; end <= text.length; end++) {
      await Deno.writeTextFile(path, text.slice(0, end));
      const process = await opened(path);
      const whole = text.slice(0, end).split("\n").map(readRecord);
      const expected = new Sums();
      for (const record of whole) if (record !== undefined) expected.load(record);
      assert.deepEqual(process.sums.amounts, expected.amounts, `cut at ${end}`);
      process.spend("c", 7);
      await process.file.close();
      assert.deepEqual(process.warned, []);
      assert.deepEqual(await found(path), { ...expected.amounts, c: 7 }, `cut at ${end}`);
    }
  }));

Deno.test("BudgetFile tells of foreign lines, leaves them out, and keeps a copy", () =>
  inFolder(async (folder) => {
    const path = `${folder}/state.jsonl`;
    const good = recordLine(recordOf("a", 1));
    const text = `${good}{"foreign": true}\n\n${good}\0\0\n${good}`;
    await Deno.writeTextFile(path, text);
    const { file, sums, warned } = await opened(path);
    await file.close();
    assert.deepEqual(sums.amounts, { a: 3 });
    assert.deepEqual(warned, [
      `${path} has 2 lines that tell of nothing spent, the first of them line 2; they are left ` +
      `out, and ${path}.damaged has them still`,
    ]);
    assert.equal(await Deno.readTextFile(`${path}.damaged`), text);
    assert.deepEqual(await found(path), { a: 3 });
  }));

Deno.test("BudgetFile replaces a file that has grown by one with the sums alone", () =>
  inFolder(async (folder) => {
    const path = `${folder}/state.jsonl`;
    const process = await opened(path);
    let spent = 0;
    let largest = 0;
    for (let round = 0; round < 40; round++) {
      for (let count = 0; count < 500; count++) process.spend("a", ++spent % 7);
      await until("it is written", async () => {
        const { size } = await Deno.stat(path);
        largest = Math.max(largest, size);
        return size > 0;
      });
    }
    await process.file.close();
    assert.ok(largest < 1.5 * 1024 * 1024, `${largest} bytes`);
    assert.ok((await linesOf(path)).length < 20_000);
    assert.deepEqual(await found(path), process.sums.amounts);
    assert.deepEqual(process.warned, []);
  }));

Deno.test("BudgetFile cannot be opened where it cannot be written, and may be tried again", () =>
  inFolder(async (folder) => {
    const path = `${folder}/missing/state.jsonl`;
    const process = processOn(path);
    process.spend("a", 1);
    await assert.rejects(process.file.open(), {
      message: new RegExp(`^cannot keep budgets in ${path}: .+`),
    });
    await Deno.mkdir(`${folder}/missing`);
    await Deno.writeTextFile(path, recordLine(recordOf("b", 2)));
    await process.file.open();
    await process.file.open();
    process.spend("a", 3);
    await process.file.close();
    assert.deepEqual(await found(path), { a: 4 }, "what was there is taken in once");
  }));

Deno.test("BudgetFile tells of a disk that fails, and writes all when it works again", () =>
  inFolder(async (folder) => {
    const path = `${folder}/inner/state.jsonl`;
    await Deno.mkdir(`${folder}/inner`);
    const process = await opened(path);
    process.spend("a", 1);
    await until("it is written", async () => (await linesOf(path)).length === 1);
    await Deno.remove(`${folder}/inner`, { recursive: true });
    process.spend("a", 2);
    await until("it is noticed", () => process.warned.length === 1);
    process.spend("a", 3);
    await Deno.mkdir(`${folder}/inner`);
    await process.file.close();
    assert.match(
      process.warned.join("\n"),
      new RegExp(
        `^cannot write ${path}, so that a restart would forget budgets: .+\n` +
          `${path} is written again$`,
      ),
    );
    assert.deepEqual(await found(path), { a: 6 });
  }));

Deno.test("BudgetFile notices another process that writes it, and loses no line of either", () =>
  inFolder(async (folder) => {
    const path = `${folder}/state.jsonl`;
    const left = await opened(path);
    left.spend("a", 1);
    await until("it is written", async () => (await linesOf(path)).length === 1);
    const right = await opened(path);
    for (let count = 0; count < 3; count++) {
      left.spend("a", 10);
      await until("left has written", async () => (await linesOf(path)).length === 2 + 2 * count);
      right.spend("a", 100);
      await until("right has written", async () => (await linesOf(path)).length === 3 + 2 * count);
    }
    await Promise.all([left.file.close(), right.file.close()]);
    assert.deepEqual(await found(path), { a: 331 });
    for (const { warned } of [left, right]) {
      assert.deepEqual(warned, [
        `${path} is written by another process, too: their budgets are counted apart until the ` +
        `next start; give each a config.state.file of its own, or use config.redis`,
      ]);
    }
  }));
