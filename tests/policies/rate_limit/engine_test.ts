import assert from "node:assert/strict";
import { Buckets, localEngine, PARTITIONS_MAX } from "../../../src/policies/rate_limit/engine.ts";
import { limitOf } from "../../support/limits.ts";

Deno.test("localEngine() takes from all buckets, or from none", async () => {
  const engine = localEngine(() => 0);
  const uses = [
    { limit: limitOf({ capacity: 5 }), partition: "" },
    { limit: limitOf({ capacity: 2 }), partition: "" },
  ];
  const remaining: unknown[] = [];
  for (let request = 0; request < 4; request++) {
    const levels = await engine.take(uses, { need: 1, take: 1 });
    remaining.push(levels.map((level) => [level.isEnough, level.remaining]));
  }
  assert.deepEqual(remaining, [
    [[true, 4], [true, 1]],
    [[true, 3], [true, 0]],
    [[true, 3], [false, 0]],
    [[true, 3], [false, 0]],
  ]);
});

Deno.test("localEngine() tells the time until the next refill", async () => {
  let nowMs = 0;
  const engine = localEngine(() => nowMs);
  const uses = [{ limit: limitOf({ intervalMs: 1_000 }), partition: "" }];
  nowMs = 2_300;
  const [level] = await engine.take(uses, { need: 1, take: 1 });
  assert.equal(level?.resetMs, 700);
});

Deno.test("localEngine() gives every partition a bucket of its own", async () => {
  const engine = localEngine(() => 0);
  const limit = limitOf({ capacity: 1 }, "request.headers['x-user']");
  const take = async (partition: string) => {
    const [level] = await engine.take([{ limit, partition }], { need: 1, take: 1 });
    return level?.isEnough;
  };
  assert.deepEqual(
    [await take("a"), await take("a"), await take("b"), await take(""), await take("")],
    [true, false, true, true, false],
  );
});

Deno.test("localEngine() charges what was used beside, and gives back what was not", async () => {
  const engine = localEngine(() => 0);
  const uses = [{ limit: limitOf({ capacity: 10 }), partition: "" }];
  const remaining = async () => (await engine.take(uses, { need: 1, take: 0 }))[0]?.remaining;
  engine.charge(uses, 4);
  assert.equal(await remaining(), 6);
  engine.charge(uses, -3);
  assert.equal(await remaining(), 9);
  engine.charge(uses, -3);
  assert.equal(await remaining(), 10);
  engine.charge(uses, 30);
  assert.equal(await remaining(), 0);
});

Deno.test("Buckets forgets the partitions that were not used for the longest time, and says so", () => {
  let forgotten = 0;
  const spec = { id: "b", capacity: 1, perFill: 1, intervalMs: 1_000 };
  const buckets = new Buckets(spec, 0, () => forgotten++);
  const used = buckets.at("used", 0);
  for (let count = 0; count < 2 * PARTITIONS_MAX; count++) {
    buckets.at(`${count}`, 0);
    if (count % 1_000 === 0) assert.equal(buckets.at("used", 0), used, `after ${count}`);
  }
  assert.ok(forgotten > 0);
});
