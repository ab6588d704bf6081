import assert from "node:assert/strict";
import fc from "fast-check";
import { createParser } from "npm:eventsource-parser@4.1.3";
import { concat } from "../../src/lib/bytes.ts";
import { type SseFrame, sseSplitter, withData } from "../../src/lib/sse.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

function split(chunks: readonly Uint8Array[]) {
  const splitter = sseSplitter();
  const frames: SseFrame[] = chunks.flatMap((chunk) => [...splitter.push(chunk)]);
  const bytes = frames.map((frame) => frame.bytes);
  const length = bytes.reduce((sum, part) => sum + part.length, 0);
  return { frames, text: decoder.decode(concat(bytes, length)), holds: splitter.holds };
}

const datas = (frames: readonly SseFrame[]) =>
  frames.map(({ data }) => data).filter((data) => data !== undefined);

/** What the specification's own parser makes of it. */
function oracle(text: string): string[] {
  const found: string[] = [];
  createParser({ onEvent: ({ data }) => void found.push(data) }).feed(text);
  return found;
}

const line = fc.constantFrom(
  "data: x",
  "data:x",
  "data",
  "data:",
  "data:  two",
  "data: [DONE]",
  "data: ä€𝄞",
  "data: data: x",
  ": ping",
  ":",
  "event: e",
  "id: 1",
  "retry: 5",
  "datax: 1",
  " data: 1",
  "nonsense",
  "",
  "",
);
const eol = fc.constantFrom("\n", "\r\n", "\r");
const stream = fc.array(fc.tuple(line, eol), { maxLength: 12 })
  .map((lines) => lines.flat().join(""));

Deno.test("sseSplitter() finds the events of eventsource-parser, whatever the line ends", () => {
  fc.assert(
    fc.property(stream, (text) => {
      // A lone CR at the end could still become a CRLF, for which the oracle waits.
      const settled = text.replace(/\r$/, "\r\n");
      assert.deepEqual(datas(split([encoder.encode(settled)]).frames), oracle(settled));
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("sseSplitter() gives the same data wherever the stream is cut, and loses no byte", () => {
  fc.assert(
    fc.property(stream, (text) => {
      const bytes = encoder.encode(text);
      const whole = datas(split([bytes]).frames);
      for (let at = 0; at <= bytes.length; at++) {
        const cut = split([bytes.slice(0, at), bytes.slice(at)]);
        assert.deepEqual(datas(cut.frames), whole);
        assert.ok(text.startsWith(cut.text));
        assert.equal(cut.holds, cut.text.length < text.length);
      }
      const single = split([...bytes].map((byte) => new Uint8Array([byte])));
      assert.deepEqual(datas(single.frames), whole);
    }),
    { numRuns: 200 },
  );
});

const CASES: readonly [string, string, readonly (string | undefined)[]][] = [
  ["a fast event", "data: x\n\n", ["x"]],
  ["CRLF", "data: x\r\n\r\n", ["x"]],
  ["CR", "data: x\r\rdata: y\r\r", ["x", "y"]],
  ["CRLF and then LF", "data: [DONE]\r\n\n", ["[DONE]"]],
  ["LF and then CRLF", "data: x\n\r\n", ["x"]],
  ["CR within an event", "data: a\rdata: b\n\n", ["a\nb"]],
  ["several data lines", "data: a\ndata:b\ndata\n\n", ["a\nb\n"]],
  ["data without a colon", "data\n\n", [""]],
  ["a comment", ": ping\n\n", [undefined]],
  ["an event name", "event: e\ndata: x\n\n", ["x"]],
  ["a byte order mark", "\uFEFFdata: x\n\n", ["x"]],
];

for (const [claim, text, expected] of CASES) {
  Deno.test(`sseSplitter() reads ${claim}`, () => {
    const { frames, text: passed, holds } = split([encoder.encode(text)]);
    assert.deepEqual(frames.map(({ data }) => data), expected);
    assert.deepEqual([passed, holds], [text, false]);
  });
}

Deno.test("sseSplitter() reads an event whose CRLF is cut in two", () => {
  const chunks = ["data: [DONE]\r\n\r", "\ndata: x\n\n"].map((part) => encoder.encode(part));
  assert.deepEqual(datas(split(chunks).frames), ["[DONE]", "x"]);
});

Deno.test("sseSplitter() gives the chunk's own memory where an event lies in it whole", () => {
  const chunk = encoder.encode("data: x\n\n");
  const [frame] = sseSplitter().push(chunk);
  assert.equal(frame?.bytes.buffer, chunk.buffer);
});

Deno.test("sseSplitter() throws when an event grows past the limit, not before", () => {
  const splitter = sseSplitter(10);
  assert.deepEqual(splitter.push(encoder.encode("data: 6789")), []);
  assert.throws(() => splitter.push(encoder.encode("0")), RangeError);
});

Deno.test("sseSplitter() hands out the events in front of one that is too large", () => {
  const splitter = sseSplitter(10);
  const frames = splitter.push(encoder.encode("data: x\n\ndata: 67890"));
  assert.deepEqual(datas(frames), ["x"]);
  assert.throws(() => splitter.push(encoder.encode("\n\n")), RangeError);
});

Deno.test("sseSplitter() takes a byte order mark away once only", () => {
  const text = "\uFEFFdata: x\n\n\uFEFFdata: y\n\n";
  const { frames } = split([encoder.encode(text)]);
  assert.deepEqual(frames.map(({ data }) => data), ["x", undefined]);
});

Deno.test("rest() gives what is held as the last event, once", () => {
  const splitter = sseSplitter();
  splitter.push(encoder.encode("data: x\n\ndata: [DO"));
  splitter.push(encoder.encode("NE]\n"));
  const rest = splitter.rest();
  assert.equal(rest?.data, "[DONE]");
  assert.equal(decoder.decode(rest?.bytes), "data: [DONE]\n");
  assert.equal(splitter.rest(), undefined);
});

const REWRITTEN: readonly [string, string, string, string][] = [
  ["one line", "data: old\n\n", "new", "data: new\n\n"],
  ["several lines", "data: a\ndata: b\n\n", "c\nd", "data: c\ndata: d\n\n"],
  ["other lines", "id: 7\r\ndata: a\r\n: ping\r\n\r\n", "b", "id: 7\n: ping\ndata: b\n\n"],
  ["a byte order mark", "\uFEFFdata: a\n\n", "b", "data: b\n\n"],
];

for (const [claim, text, data, expected] of REWRITTEN) {
  Deno.test(`withData() rewrites an event of ${claim}`, () => {
    const [frame] = split([encoder.encode(text)]).frames;
    assert.ok(frame !== undefined);
    assert.equal(decoder.decode(withData(frame, data)), expected);
  });
}

Deno.test("sseSplitter() counts the limit for each event anew", () => {
  const splitter = sseSplitter(10);
  for (let at = 0; at < 5; at++) {
    splitter.push(encoder.encode("data: 67"));
    assert.equal(splitter.push(encoder.encode("\n\n")).length, 1);
  }
});

Deno.test("sseSplitter() is linear in an event of many small chunks", () => {
  const splitter = sseSplitter();
  const chunk = encoder.encode("x".repeat(64));
  const startMs = performance.now();
  for (let at = 0; at < 50_000; at++) splitter.push(chunk);
  assert.equal(splitter.push(encoder.encode("\n\n"))[0]?.bytes.length, 50_000 * 64 + 2);
  assert.ok(performance.now() - startMs < 1_000);
});
