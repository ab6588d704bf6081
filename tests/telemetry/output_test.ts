import assert from "node:assert/strict";
import { openOutput } from "../../src/telemetry/output.ts";

Deno.test("openOutput() gathers lines and writes them together, soon", async () => {
  const pipe = fakePipe();
  const output = openOutput(pipe);
  output.write("one");
  output.write("zwei ü");
  assert.equal(pipe.writes.length, 0);
  await pipe.written();
  assert.deepEqual(pipe.writes, ["one\nzwei ü\n"]);
});

Deno.test("openOutput() does not wait once many characters have come together", () => {
  const pipe = fakePipe();
  const output = openOutput(pipe);
  for (let i = 0; i < 64; i++) output.write("x".repeat(1024));
  assert.equal(pipe.text().length, 64 * 1025);
  output.flush();
});

Deno.test("openOutput() writes pieces that a pipe takes as a whole and that end lines", () => {
  const pipe = fakePipe();
  const output = openOutput(pipe);
  for (const length of [3000, 1000, 1000, 10_000, 10]) output.write("x".repeat(length));
  output.flush();
  assert.deepEqual(pipe.writes.map((piece) => piece.length), [4002, 1001, 4096, 4096, 1820]);
});

Deno.test("openOutput() goes on where a pipe was full, loses nothing, repeats nothing", async () => {
  const pipe = fakePipe({ room: 100, takesAtMost: 33 });
  const output = openOutput(pipe);
  const lines = Array.from({ length: 50 }, (_, i) => `line ${i}`);
  for (const line of lines.slice(0, 30)) output.write(line);
  await pipe.full();
  for (const line of lines.slice(30)) output.write(line);
  const text = `${lines.join("\n")}\n`;
  assert.notEqual(pipe.text(), text);
  while (pipe.text() !== text) {
    pipe.makeRoom(100);
    await pipe.written();
  }
  output.flush();
  assert.equal(pipe.text(), text);
  assert.equal(output.lostLines, 0);
});

Deno.test("openOutput() lets 10,000 lines wait, then blocks until they are written", async () => {
  const pipe = fakePipe({ room: 0, onPause: () => pipe.makeRoom(50_000) });
  const output = openOutput(pipe);
  output.write("first");
  await pipe.full();
  for (let i = 1; i < 10_000; i++) output.write(`${i}`);
  assert.equal(pipe.pauses(), 0);
  output.write("last");
  assert.ok(pipe.pauses() > 0);
  assert.equal(pipe.text().split("\n").length, 10_002);
});

Deno.test("openOutput() counts the lines that nobody reads and works on", () => {
  let isGone = true;
  const written: string[] = [];
  const writeBytes = (bytes: Uint8Array) => {
    if (isGone) throw Object.assign(new Error("broken pipe"), { code: "EPIPE" });
    written.push(new TextDecoder().decode(bytes));
    return bytes.length;
  };
  const output = openOutput({ writeBytes });
  output.write("a");
  output.write("b");
  output.flush();
  assert.equal(output.lostLines, 2);
  isGone = false;
  output.write("c");
  output.flush();
  assert.deepEqual(written, ["c\n"]);
  assert.equal(output.lostLines, 2);
});

Deno.test("openOutput() writes nothing when nothing waits", () => {
  const pipe = fakePipe();
  openOutput(pipe).flush();
  assert.deepEqual(pipe.writes, []);
});

Deno.test("openOutput() loses nothing to a slow reader of a real pipe", async () => {
  const count = 20_000;
  const { child, progress } = startChild(count);
  await progress.next();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (let part = await reader.read(); !part.done; part = await reader.read()) text += part.value;
  const expected = Array.from({ length: count }, (_, i) => `${i} ${"x".repeat(i % 200)}`);
  assert.equal(text, `${expected.join("\n")}\n`);
  assert.equal((await progress.next()).value, "lost 0\n");
  assert.equal((await child.status).code, 0);
});

Deno.test("openOutput() survives a reader that goes away", async () => {
  const { child, progress } = startChild(20_000);
  await progress.next();
  await child.stdout.cancel();
  assert.match((await progress.next()).value ?? "", /^lost [1-9]\d*\n$/);
  assert.equal((await child.status).code, 0);
});

function startChild(count: number) {
  const script = new URL("output_child.ts", import.meta.url).pathname;
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-config", "--no-prompt", script, `${count}`],
    stdout: "piped",
    stderr: "piped",
  });
  const child = command.spawn();
  const progress = child.stderr.pipeThrough(new TextDecoderStream())[Symbol.asyncIterator]();
  return { child, progress };
}

interface PipeOptions {
  /** How many bytes fit until someone reads. */
  readonly room?: number;
  readonly takesAtMost?: number;
  readonly onPause?: () => void;
}

/** The writing end of a non-blocking pipe. */
function fakePipe({ room = Infinity, takesAtMost = Infinity, onPause }: PipeOptions = {}) {
  const writes: string[] = [];
  let left = room;
  let pauses = 0;
  let written = Promise.withResolvers<void>();
  let full = Promise.withResolvers<void>();
  return {
    writes,
    text: () => writes.join(""),
    pauses: () => pauses,
    written: () => written.promise,
    full: () => full.promise,
    makeRoom(bytes: number) {
      left += bytes;
      written = Promise.withResolvers();
      full = Promise.withResolvers();
    },
    writeBytes(bytes: Uint8Array): number {
      if (left === 0) {
        full.resolve();
        throw Object.assign(new Error("try again"), { code: "EAGAIN" });
      }
      const taken = bytes.subarray(0, Math.min(left, takesAtMost));
      left -= taken.length;
      writes.push(new TextDecoder().decode(taken));
      written.resolve();
      return taken.length;
    },
    pause() {
      pauses++;
      onPause?.();
    },
  };
}
