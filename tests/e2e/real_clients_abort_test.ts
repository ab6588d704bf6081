import assert from "node:assert/strict";
import { providerNames, providers, startAllProviders } from "../support/all_providers.ts";
import { loopNames } from "../support/clients/index.ts";
import { talkers } from "../support/clients/talk.ts";
import { suite } from "../support/suite.ts";
import { scripted } from "../support/upstreams/scripts.ts";
import type { UpstreamRecord } from "../support/upstreams/stand_in.ts";
import { until } from "../support/until.ts";

const test = suite(() => startAllProviders());

/** How long it took until each upstream's socket was closed, in milliseconds. */
const delaysMs: number[] = [];

for (const provider of providerNames) {
  for (const client of loopNames) {
    test(`${client} that leaves a stream closes ${provider}'s (R20)`, async (shared) => {
      const controller = new AbortController();
      const text = scripted({ text: Array.from({ length: 200 }, () => "piece "), delayMs: 10 });
      const pieces = talkers[client].streamed({
        ...{ baseUrl: shared.gateway.url, model: provider, text },
        signal: controller.signal,
      });
      let abortedMs = 0;
      await untilAborted(async () => {
        for await (const piece of pieces) {
          assert.equal(piece, "piece ");
          if (abortedMs > 0) continue;
          abortedMs = performance.now();
          controller.abort();
        }
      });
      await assertGone(shared.upstream(provider).last, abortedMs);
    });

    test(`${client} that waits no longer closes ${provider}'s socket (R20)`, async (shared) => {
      const { records } = shared.upstream(provider);
      const asked = records.length;
      const controller = new AbortController();
      const answer = talkers[client].whole({
        ...{ baseUrl: shared.gateway.url, model: provider, signal: controller.signal },
        text: scripted({ text: "late", headDelayMs: 20_000 }),
      });
      const ended = untilAborted(() => answer);
      await until("the upstream has the request", () => records.length > asked);
      const abortedMs = performance.now();
      controller.abort();
      await ended;
      await assertGone(shared.upstream(provider).last, abortedMs);
    });
  }

  test(`everyone who left ${provider} has one line of the log, with 499 (R9)`, async (shared) => {
    const { system, model } = providers[provider];
    const lines = await until("all requests are logged", () => {
      const own = shared.gateway.accessLogs().filter((line) =>
        line["gen_ai.provider.name"] === system && line["gen_ai.request.model"] === model
      );
      return own.length >= 2 * loopNames.length && own;
    });
    assert.equal(lines.length, 2 * loopNames.length);
    for (const [index, line] of lines.entries()) {
      assert.equal(line["http.status"], 499);
      assert.equal(line.error, "the client closed the connection");
      const isStream = index % 2 === 0;
      assert.equal(line.usage_source, isStream ? "partial" : undefined);
      if (!isStream) continue;
      const input = line["gen_ai.usage.input_tokens"];
      const output = line["gen_ai.usage.output_tokens"];
      assert.ok(Number(input) > 0 && Number(output) > 0, `${input} and ${output} tokens`);
    }
  });
}

test("the upstream's socket closes within 100 ms, whoever leaves whom (R20)", () => {
  assert.equal(delaysMs.length, 2 * loopNames.length * providerNames.length);
  // A machine that has other work too may be late once in a while, but not as a rule.
  const late = delaysMs.filter((delayMs) => delayMs >= 100);
  assert.ok(late.length <= delaysMs.length / 20, `${late.length} late: ${late.join(", ")} ms`);
});

/** SDKs end an aborted stream in good order or by an error of theirs; both will do. */
async function untilAborted(work: () => Promise<unknown>): Promise<void> {
  await work().catch((error) => {
    assert.match(`${error?.name} ${error?.message}`, /abort/i);
  });
}

async function assertGone({ exchange }: UpstreamRecord, abortedMs: number): Promise<void> {
  const goneMs = await until("the upstream socket is closed", () => exchange.goneMs, 2_000);
  delaysMs.push(goneMs - abortedMs);
}
