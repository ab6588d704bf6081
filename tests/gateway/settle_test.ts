import assert from "node:assert/strict";
import fc from "fast-check";
import { chunk, DONE, FINISH } from "./harness.ts";
import { begin, STREAMED } from "./streamed.ts";

type Step = "send" | "finish" | "done" | "read" | "end" | "cut" | "cancel" | "abort" | "wait";

const STEPS: readonly Step[] = [
  "send",
  "finish",
  "done",
  "read",
  "end",
  "cut",
  "cancel",
  "abort",
  "wait",
];

Deno.test("handle() settles exactly once in any order of reads, cuts and aborts", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...STEPS), { maxLength: 12 }), async (steps) => {
      const client = new AbortController();
      const it = await begin(STREAMED, client.signal);
      const pending: Promise<unknown>[] = [];
      let open = true;
      const feed = (act: () => void) => {
        if (!open) return;
        try {
          act();
        } catch {
          // The gateway has cancelled this upstream.
        }
      };
      for (const step of [...steps, "cancel"] as const) {
        if (step === "send") feed(() => it.upstream.send(chunk("x")));
        if (step === "finish") feed(() => it.upstream.send(FINISH));
        if (step === "done") feed(() => it.upstream.send(DONE));
        if (step === "read") pending.push(it.reader.read().catch(() => {}));
        if (step === "wait") await Promise.resolve();
        if (step === "cancel") pending.push(it.reader.cancel().catch(() => {}));
        if (step === "abort") {
          client.abort();
          feed(() => it.upstream.cut(client.signal.reason));
          open = false;
        }
        if (step === "end" || step === "cut") {
          feed(() => step === "end" ? it.upstream.end() : it.upstream.cut());
          open = false;
        }
      }
      await Promise.all(pending);
      assert.equal(it.settled.length, 1);
      assert.equal(it.services.inFlight.size, 0);
      assert.ok(it.settled[0]?.llm?.usageSource !== undefined);
    }),
    { numRuns: 300 },
  );
});
