import assert from "node:assert/strict";
import { EventStreamCodec } from "@smithy/core/event-streams";
import fc from "fast-check";
import { awsEventSplitter } from "../../src/lib/aws_event_stream.ts";
import { concat } from "../../src/lib/bytes.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const codec = new EventStreamCodec(
  (bytes) => typeof bytes === "string" ? bytes : decoder.decode(bytes),
  (text) => encoder.encode(text),
);

function message(headers: Readonly<Record<string, string>>, payload = ""): Uint8Array {
  const tagged = Object.entries(headers)
    .map(([name, value]) => [name, { type: "string", value }] as const);
  return codec.encode({ headers: Object.fromEntries(tagged), body: encoder.encode(payload) });
}

const event = (type: string, payload: unknown) =>
  message({
    ":message-type": "event",
    ":event-type": type,
    ":content-type": "application/json",
  }, JSON.stringify(payload));

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return concat(parts, parts.reduce((sum, part) => sum + part.length, 0));
}

function split(chunks: readonly Uint8Array[]) {
  const splitter = awsEventSplitter();
  const frames = chunks.flatMap((chunk) => [...splitter.push(chunk)]);
  return { datas: frames.map(({ data }) => data), frames, splitter };
}

const START = event("messageStart", { role: "assistant" });
const DELTA = event("contentBlockDelta", { delta: { text: "ä€𝄞" }, contentBlockIndex: 0 });
const STOP = event("messageStop", { stopReason: "end_turn" });
const STREAM = joined(START, DELTA, STOP);
const DATAS = [
  '{"messageStart":{"role":"assistant"}}',
  '{"contentBlockDelta":{"delta":{"text":"ä€𝄞"},"contentBlockIndex":0}}',
  '{"messageStop":{"stopReason":"end_turn"}}',
];

Deno.test("awsEventSplitter() R11 gives the same events wherever the stream is cut", () => {
  assert.deepEqual(split([STREAM]).datas, DATAS);
  for (let at = 0; at <= STREAM.length; at++) {
    const cut = split([STREAM.slice(0, at), STREAM.slice(at)]);
    assert.deepEqual(cut.datas, DATAS, `cut at ${at}`);
    assert.equal(cut.splitter.holds, false);
    assert.deepEqual(joined(...cut.frames.map(({ bytes }) => bytes)), STREAM);
  }
  assert.deepEqual(split([...STREAM].map((byte) => new Uint8Array([byte]))).datas, DATAS);
});

Deno.test("awsEventSplitter() gives back any payload in any cut", () => {
  const chunkSizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 });
  const payloads = fc.array(fc.jsonValue(), { maxLength: 6 });
  fc.assert(fc.property(payloads, chunkSizes, (values, sizes) => {
    const stream = joined(...values.map((value) => event("x", value)));
    const chunks: Uint8Array[] = [];
    for (let at = 0, turn = 0; at < stream.length; turn++) {
      const size = sizes[turn % sizes.length] ?? 1;
      chunks.push(stream.slice(at, at += size));
    }
    const expected = values.map((value) => `{"x":${JSON.stringify(value)}}`);
    assert.deepEqual(split(chunks).datas, expected);
  }));
});

Deno.test("awsEventSplitter() names exceptions and errors", () => {
  const cases: readonly (readonly [Uint8Array, string | undefined])[] = [
    [
      message(
        { ":message-type": "exception", ":exception-type": "throttlingException" },
        '{"message":"slow down"}',
      ),
      '{"throttlingException":{"message":"slow down"}}',
    ],
    [
      message({ ":message-type": "exception", ":exception-type": "validationException" }),
      '{"validationException":{}}',
    ],
    [
      message({ ":message-type": "error", ":error-code": "500", ":error-message": 'say "no"' }),
      '{"internalServerException":{"message":"say \\"no\\""}}',
    ],
    [
      message({ ":message-type": "error", ":error-code": "InternalError" }),
      '{"internalServerException":{"message":"InternalError"}}',
    ],
    [message({ ":message-type": "later" }, "{}"), undefined],
    [message({}, "{}"), undefined],
  ];
  for (const [bytes, data] of cases) assert.deepEqual(split([bytes]).datas, [data]);
});

Deno.test("awsEventSplitter() throws where any byte is damaged, and gives out what came before", () => {
  for (let at = 0; at < DELTA.length; at++) {
    const damaged = DELTA.slice();
    damaged[at] = (damaged[at] ?? 0) ^ 0x10;
    const splitter = awsEventSplitter();
    const frames = splitter.push(joined(START, damaged, STOP));
    assert.deepEqual(frames.map(({ data }) => data), DATAS.slice(0, 1), `byte ${at}`);
    assert.throws(() => splitter.push(STOP), notRange, `byte ${at}`);
    assert.throws(() => splitter.rest(), notRange);
  }
});

function notRange(error: unknown): boolean {
  return error instanceof Error && !(error instanceof RangeError);
}

Deno.test("awsEventSplitter() throws where lengths contradict each other", () => {
  for (const [length, headersLength] of [[15, 0], [0, 0], [20, 5], [40, 0xffffffff]] as const) {
    const splitter = awsEventSplitter();
    const prelude = withLengths(length, headersLength);
    assert.throws(() => splitter.push(prelude), notRange, `${length} ${headersLength}`);
  }
});

/** The prelude of a message that claims these lengths, with the checksum that they should have. */
function withLengths(length: number, headersLength: number): Uint8Array {
  const prelude = new Uint8Array(12);
  const view = new DataView(prelude.buffer);
  view.setUint32(0, length);
  view.setUint32(4, headersLength);
  view.setUint32(8, crc32(prelude.subarray(0, 8)));
  return prelude;
}

/** By the definition, one bit at a time: independent of what is tested. */
function crc32(bytes: Uint8Array): number {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return (sum ^ 0xffffffff) >>> 0;
}

Deno.test("awsEventSplitter() refuses an event over its limit as soon as its length is known", () => {
  const large = event("x", "y".repeat(200));
  const accepting = awsEventSplitter(large.length);
  assert.equal(accepting.push(large).length, 1);
  assert.throws(() => awsEventSplitter(large.length - 1).push(large.slice(0, 12)), RangeError);
  const after = awsEventSplitter(150);
  assert.equal(after.push(joined(START, large)).length, 1);
  assert.throws(() => after.push(START), RangeError);
});

Deno.test("awsEventSplitter().rest() hands out a cut message without data", () => {
  const { splitter } = split([STREAM.slice(0, -3)]);
  assert.equal(splitter.holds, true);
  assert.deepEqual(splitter.rest(), { bytes: STOP.slice(0, -3), data: undefined });
  assert.equal(splitter.holds, false);
  assert.equal(awsEventSplitter().rest(), undefined);
});

Deno.test("awsEventSplitter() takes time in proportion to a large event", () => {
  const large = event("x", "y".repeat(8 * 1024 * 1024));
  const splitter = awsEventSplitter();
  const startedMs = performance.now();
  let found = 0;
  for (let at = 0; at < large.length; at += 1024) {
    found += splitter.push(large.subarray(at, at + 1024)).length;
  }
  assert.equal(found, 1);
  // Copying what is held for each of the 8,192 chunks would move 32 GiB.
  assert.ok(performance.now() - startedMs < 2_000);
});
