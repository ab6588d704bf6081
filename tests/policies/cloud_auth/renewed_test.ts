import assert from "node:assert/strict";
import { type Grant, renewed } from "../../../src/policies/cloud_auth/renewed.ts";
import { Clock, HOUR_MS, MINUTE_MS, SECOND_MS, settle } from "./clock.ts";

const open = new AbortController().signal;

/** A source that counts its answers and lets a test hold them back. */
function sourceOf(clock: Clock, lifeMs: number | undefined) {
  const held: PromiseWithResolvers<void>[] = [];
  const source = {
    count: 0,
    holds: false,
    fails: false,
    release: () => held.splice(0).forEach(({ resolve }) => resolve()),
    async fetch(): Promise<Grant<string>> {
      const count = ++source.count;
      if (source.holds) {
        const gate = Promise.withResolvers<void>();
        held.push(gate);
        await gate.promise;
      }
      if (source.fails) throw new Error(`no ${count}`);
      const expiresAtMs = lifeMs === undefined ? undefined : clock.epochMs() + lifeMs;
      return { value: `token ${count}`, expiresAtMs };
    },
  };
  return source;
}

Deno.test("renewed() fetches once for many, at the same time and later", async () => {
  const clock = new Clock();
  const source = sourceOf(clock, HOUR_MS);
  const token = renewed(source.fetch, clock);
  const together = await Promise.all(Array.from({ length: 100 }, () => token.get(open)));
  assert.deepEqual(new Set(together), new Set(["token 1"]));
  for (let turn = 0; turn < 100; turn++) {
    clock.advance(SECOND_MS / 2);
    assert.equal(await token.get(open), "token 1");
  }
  assert.equal(source.count, 1);
});

Deno.test("renewed() renews ahead of the end, once, while the old one serves", async () => {
  const clock = new Clock();
  const source = sourceOf(clock, HOUR_MS);
  const token = renewed(source.fetch, clock);
  await token.get(open);
  clock.advance(HOUR_MS - 5 * MINUTE_MS - 1);
  assert.equal(await token.get(open), "token 1");
  assert.equal(source.count, 1);
  clock.advance(1);
  source.holds = true;
  for (let turn = 0; turn < 10; turn++) assert.equal(await token.get(open), "token 1");
  assert.equal(source.count, 2);
  source.release();
  await settle();
  assert.equal(await token.get(open), "token 2");
  assert.equal(source.count, 2);
});

Deno.test("renewed() waits for a new one after the end", async () => {
  const clock = new Clock();
  const source = sourceOf(clock, HOUR_MS);
  const token = renewed(source.fetch, clock);
  await token.get(open);
  clock.advance(HOUR_MS);
  assert.deepEqual(await Promise.all([token.get(open), token.get(open)]), ["token 2", "token 2"]);
  assert.equal(source.count, 2);
});

Deno.test("renewed() does not renew without end what is short-lived", async () => {
  const clock = new Clock();
  const source = sourceOf(clock, MINUTE_MS);
  const token = renewed(source.fetch, clock);
  for (let second = 0; second < 60; second++) {
    await token.get(open);
    await settle();
    clock.advance(SECOND_MS);
  }
  assert.equal(source.count, 2);
});

Deno.test("renewed() keeps for ever what does not expire", async () => {
  const clock = new Clock();
  const source = sourceOf(clock, undefined);
  const token = renewed(source.fetch, clock);
  await token.get(open);
  clock.advance(10_000 * HOUR_MS);
  assert.equal(await token.get(open), "token 1");
  assert.equal(source.count, 1);
});

Deno.test("renewed() tells all who wait of a failure, and tries again for the next", async () => {
  const clock = new Clock();
  const source = sourceOf(clock, HOUR_MS);
  const token = renewed(source.fetch, clock);
  source.fails = true;
  const both = await Promise.allSettled([token.get(open), token.get(open)]);
  assert.deepEqual(both.map(({ status }) => status), ["rejected", "rejected"]);
  assert.equal(source.count, 1);
  source.fails = false;
  assert.equal(await token.get(open), "token 2");
});

Deno.test("renewed() recovers from a source that throws at once", async () => {
  const clock = new Clock();
  let isBroken = true;
  const token = renewed(() => {
    if (isBroken) throw new Error("at once");
    return Promise.resolve({ value: "token", expiresAtMs: undefined });
  }, clock);
  await assert.rejects(token.get(open), /at once/);
  isBroken = false;
  assert.equal(await token.get(open), "token");
});

Deno.test("renewed() serves the old one on when renewing fails, and pauses between tries", async () => {
  const clock = new Clock();
  const source = sourceOf(clock, HOUR_MS);
  const token = renewed(source.fetch, clock);
  await token.get(open);
  source.fails = true;
  clock.advance(HOUR_MS - 4 * MINUTE_MS);
  for (let turn = 0; turn < 10; turn++) {
    assert.equal(await token.get(open), "token 1");
    await settle();
  }
  assert.equal(source.count, 2);
  clock.advance(10 * SECOND_MS);
  source.fails = false;
  assert.equal(await token.get(open), "token 1");
  await settle();
  assert.equal(await token.get(open), "token 3");
});

Deno.test("renewed() lets one leave who waits, and the others wait on", async () => {
  const clock = new Clock();
  const source = sourceOf(clock, HOUR_MS);
  const token = renewed(source.fetch, clock);
  source.holds = true;
  const leaving = new AbortController();
  const left = assert.rejects(token.get(leaving.signal), /gone/);
  const stays = token.get(open);
  leaving.abort(new Error("gone"));
  await left;
  await assert.rejects(token.get(leaving.signal), /gone/);
  source.release();
  assert.equal(await stays, "token 1");
  assert.equal(source.count, 1);
});
