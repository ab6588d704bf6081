import assert from "node:assert/strict";
import fc from "fast-check";
import { rendezvousHash } from "../../src/routing/affinity.ts";
import { type Groups, groups, type Member } from "../../src/routing/groups.ts";
import { outcome, watch, type Watched } from "./health/watch.ts";

interface TestMember extends Member<string> {
  readonly watched: Watched;
}

function member(name: string): TestMember {
  const watched = watch({ durationMs: 1_000 });
  return { name, target: name, health: watched.health, watched };
}

/** Members by name, in groups written as "a b | c". */
function build(text: string, random: () => number = () => 0) {
  const ranked = text.split(" | ").map((group) => group.split(" ").map(member));
  const all = new Map(ranked.flat().map((one) => [one.name, one]));
  return {
    groups: groups(ranked, random),
    get(name: string): TestMember {
      return all.get(name) ?? assert.fail(`no member ${name}`);
    },
    evict: (names: string) => {
      for (const name of names.split("")) all.get(name)?.watched.call(500);
    },
  };
}

/** The names of members in the order in which one request is offered them. */
function order(built: Groups<string>, affinity?: string): string {
  const tried = new Set<Member<string>>();
  for (;;) {
    const next = built.pick(tried, affinity);
    if (next === undefined) return [...tried].map(({ name }) => name).join("");
    assert.equal(tried.has(next), false, "offered once");
    tried.add(next);
  }
}

const ORDERS: readonly [string, string, string][] = [
  ["a", "", "a"],
  ["a | b | c", "", "abc"],
  ["a | b | c", "a", "bca"],
  ["a | b | c", "ab", "cab"],
  ["a | b | c", "abc", "abc"],
  ["a b | c", "", "abc"],
  ["a b | c", "a", "bca"],
  ["a b | c", "ab", "cab"],
  ["a b | c d", "bd", "acbd"],
  ["a b | c d", "abcd", "abcd"],
];

for (const [text, evicted, expected] of ORDERS) {
  Deno.test(`pick() offers ${text} without ${evicted || "any eviction"} as ${expected}`, () => {
    const built = build(text);
    built.evict(evicted);
    assert.equal(order(built.groups), expected);
  });
}

Deno.test("pick() gives an empty group's requests to the next, and none at all nothing", () => {
  const only = member("a");
  assert.equal(groups([[], [only]], () => 0).pick(new Set()), only);
  assert.equal(groups([[], []], () => 0).pick(new Set()), undefined);
  assert.equal(groups([], () => 0).pick(new Set()), undefined);
});

/** Pairs of draws and the one that is taken, where b is the better of the two. */
const DRAWS: readonly [number, number, string][] = [
  [0, 0, "a"],
  [0, 0.9, "b"],
  [0.9, 0, "b"],
  [0.9, 0.9, "b"],
];

for (const [first, second, expected] of DRAWS) {
  Deno.test(`pick() takes ${expected} of the draws ${first} and ${second}`, () => {
    const draws = [first, second];
    const built = build("a b", () => draws.shift() ?? assert.fail("draws twice"));
    built.get("a").watched.call(200, { durationMs: 5_000 });
    assert.equal(built.groups.pick(new Set())?.name, expected);
  });
}

Deno.test("pick() leaves the worst of a group a share of 1 / n^2", () => {
  let seed = 42;
  const random = () => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
  const built = build("a b c", random);
  built.get("a").watched.call(200, { durationMs: 100 });
  built.get("b").watched.call(200, { durationMs: 1_000 });
  built.get("c").watched.call(200, { durationMs: 10_000 });
  const counts = { a: 0, b: 0, c: 0 };
  for (let drawn = 0; drawn < 9_000; drawn++) {
    const name = built.groups.pick(new Set())?.name;
    if (name === "a" || name === "b" || name === "c") counts[name] += 1;
  }
  const shares = Object.values(counts).map((count) => Math.round(count / 1_000));
  assert.deepEqual(shares, [5, 3, 1]);
});

Deno.test("pick() prefers of two equal ones that with fewer calls in flight", () => {
  const draws = [0, 0.9];
  const built = build("a b", () => draws.shift() ?? 0);
  for (const name of ["a", "b"]) built.get(name).watched.call(200, { durationMs: 1_000 });
  const end = built.get("a").health.begin();
  assert.equal(built.groups.pick(new Set())?.name, "b");
  end(outcome(200));
});

Deno.test("pick() with an affinity takes the member with the highest hash", () => {
  const { groups, get } = build("a b c");
  const highest = Math.max(...["a", "b", "c"].map((name) => rendezvousHash("s", name)));
  const expected = ["a", "b", "c"].find((name) => rendezvousHash("s", name) === highest);
  assert.equal(groups.pick(new Set(), "s"), get(expected ?? ""));
});

Deno.test("pick() with an affinity keeps to one member, in every gateway the same", () => {
  const first = build("a b c");
  const second = build("c b a");
  for (let session = 0; session < 50; session++) {
    assert.equal(
      first.groups.pick(new Set(), `s${session}`)?.name,
      second.groups.pick(new Set(), `s${session}`)?.name,
    );
  }
});

Deno.test("pick() with an affinity moves only the sessions of a member that is left out", () => {
  const built = build("a b c d | e");
  const sessions = Array.from({ length: 400 }, (_, index) => `session ${index}`);
  const place = () => sessions.map((session) => built.groups.pick(new Set(), session)?.name);
  const before = place();
  built.evict("b");
  const after = place();
  for (const [index, name] of before.entries()) {
    if (name === "b") assert.notEqual(after[index], "b");
    else assert.equal(after[index], name);
  }
  for (const name of "abcd") {
    const count = before.filter((one) => one === name).length;
    assert.ok(count > 70 && count < 130, `${name} has ${count} of 400`);
  }
  built.get("b").watched.nowMs = 1_000;
  assert.deepEqual(place(), before);
});

Deno.test("pick() offers every member once, whatever is left out, the active ones first", () => {
  const names = ["a", "b", "c", "d", "e"];
  const cases = fc.record({
    ranks: fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 5, maxLength: 5 }),
    evicted: fc.subarray(names),
    affinity: fc.option(fc.string(), { nil: undefined }),
    draws: fc.infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })),
  });
  fc.assert(fc.property(cases, ({ ranks, evicted, affinity, draws }) => {
    const text = [0, 1, 2]
      .map((rank) => names.filter((_, index) => ranks[index] === rank).join(" "))
      .filter((group) => group !== "").join(" | ");
    const built = build(text, () => draws.next().value);
    built.evict(evicted.join(""));
    const offered = order(built.groups, affinity).split("");
    const rank = (name: string) => {
      return (evicted.includes(name) ? 3 : 0) + (ranks[names.indexOf(name)] ?? 0);
    };
    assert.deepEqual(offered.toSorted(), names);
    assert.deepEqual(offered.map(rank), offered.map(rank).toSorted((a, b) => a - b));
  }));
});
