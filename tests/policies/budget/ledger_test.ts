import assert from "node:assert/strict";
import fc from "fast-check";
import { account } from "../../../src/policies/budget/account.ts";
import type { Reservation } from "../../../src/policies/budget/engine.ts";
import { Ledger, SUMS_MAX } from "../../../src/policies/budget/ledger.ts";
import type { SpendingRecord } from "../../../src/policies/budget/record.ts";
import { budgetSpec } from "../../support/limits.ts";

interface Clock {
  epochMs: number;
}

function ledgerOf(clock: Clock = { epochMs: Date.parse("2026-01-31T23:59:00Z") }) {
  const records: SpendingRecord[] = [];
  const told = { full: 0 };
  const ledger = new Ledger({
    epochMs: () => clock.epochMs,
    spent: (record) => void records.push(record),
    full: () => told.full++,
  });
  return { ledger, records, clock, told };
}

function granted(ledger: Ledger, ...[wants]: Parameters<Ledger["reserve"]>): Reservation {
  const reserved = ledger.reserve(wants);
  if ("refusedBy" in reserved) assert.fail(`refused: ${JSON.stringify(reserved.refusedBy)}`);
  return reserved;
}

const isGranted = (ledger: Ledger, ...[wants]: Parameters<Ledger["reserve"]>) =>
  !("refusedBy" in ledger.reserve(wants));

Deno.test("Ledger sets amounts aside within the limit, and spends what it is told", () => {
  const { ledger, records } = ledgerOf();
  const own = account(budgetSpec({ limit: 100 }), "");
  const first = granted(ledger, [{ account: own, amount: 60 }]);
  const refused = ledger.reserve([{ account: own, amount: 41 }]);
  assert.ok("refusedBy" in refused);
  const { spent, held, underWay } = refused.refusedBy;
  assert.deepEqual({ spent, held, underWay }, { spent: 0, held: 60, underWay: 1 });
  const second = granted(ledger, [{ account: own, amount: 40 }]);
  first.settle([10]);
  first.settle([10]);
  second.settle([]);
  assert.deepEqual(records.map(({ amount }) => amount), [10]);
  assert.ok(isGranted(ledger, [{ account: own, amount: 90 }]));
});

Deno.test("Ledger lets a request in alone that may cost more than is left", () => {
  const { ledger } = ledgerOf();
  const own = account(budgetSpec({ limit: 100 }), "");
  const large = granted(ledger, [{ account: own, amount: 101 }]);
  assert.ok(!isGranted(ledger, [{ account: own, amount: 1 }]));
  large.settle([99]);
  granted(ledger, [{ account: own, amount: 1_000 }]).settle([1]);
  assert.ok(!isGranted(ledger, [{ account: own, amount: 1 }]), "nothing is left");
});

Deno.test("Ledger sets nothing aside where one of several accounts has too little", () => {
  const { ledger } = ledgerOf();
  const wide = account(budgetSpec({ name: "wide", limit: 100 }), "");
  const narrow = account(budgetSpec({ name: "narrow", limit: 5 }), "");
  granted(ledger, [{ account: narrow, amount: 5 }]);
  const refused = ledger.reserve([{ account: wide, amount: 50 }, { account: narrow, amount: 1 }]);
  assert.ok("refusedBy" in refused);
  assert.equal(refused.refusedBy.account, narrow);
  assert.ok(isGranted(ledger, [{ account: wide, amount: 100 }]));
});

Deno.test("Ledger keeps accounts of partitions, owners, names, units and periods apart", () => {
  const { ledger } = ledgerOf();
  const accounts = [
    account(budgetSpec(), ""),
    account(budgetSpec(), '"a'),
    account(budgetSpec({ owner: "a" }), ""),
    account(budgetSpec({ name: "other" }), ""),
    account(budgetSpec({ unit: "usd" }), ""),
    account(budgetSpec({ period: "day" }), ""),
    account(budgetSpec({ timezone: "Europe/Berlin" }), ""),
  ];
  for (const one of accounts) {
    assert.ok(isGranted(ledger, [{ account: one, amount: 100 }]), one.id);
    assert.ok(!isGranted(ledger, [{ account: one, amount: 1 }]), one.id);
  }
});

Deno.test("Ledger keeps the sum of a budget whose limit changes", () => {
  const { ledger } = ledgerOf();
  granted(ledger, [{ account: account(budgetSpec({ limit: 100 }), ""), amount: 100 }]).settle([
    100,
  ]);
  const raised = account(budgetSpec({ limit: 101 }), "");
  granted(ledger, [{ account: raised, amount: 1 }]).settle([1]);
  assert.ok(!isGranted(ledger, [{ account: account(budgetSpec({ limit: 50 }), ""), amount: 1 }]));
});

Deno.test("Ledger begins anew with every period; what is late is spent in the period before", () => {
  const { ledger, clock, records } = ledgerOf();
  const own = account(budgetSpec({ limit: 100 }), "");
  const late = granted(ledger, [{ account: own, amount: 100 }]);
  clock.epochMs = Date.parse("2026-02-01T00:00:00Z");
  const early = granted(ledger, [{ account: own, amount: 100 }]);
  late.settle([90]);
  assert.ok(!isGranted(ledger, [{ account: own, amount: 1 }]));
  early.settle([100]);
  assert.ok(!isGranted(ledger, [{ account: own, amount: 1 }]));
  const start = (month: string) => Date.parse(`2026-${month}-01T00:00:00Z`);
  assert.deepEqual(records.map(({ startMs, amount }) => [startMs, amount]), [
    [start("01"), 90],
    [start("02"), 100],
  ]);
  assert.deepEqual([...ledger.records()].map(({ amount }) => amount), [100]);
});

Deno.test("Ledger goes on from the sums that were saved", () => {
  const before = ledgerOf();
  const own = account(budgetSpec({ limit: 100 }), '"a');
  for (const amount of [30, 20]) {
    granted(before.ledger, [{ account: own, amount }]).settle([amount]);
  }
  for (const records of [before.records, [...before.ledger.records()]]) {
    const { ledger } = ledgerOf();
    for (const record of records) ledger.load(record);
    granted(ledger, [{ account: own, amount: 50 }]);
    assert.ok(!isGranted(ledger, [{ account: own, amount: 1 }]));
  }
  const later = ledgerOf({ epochMs: Date.parse("2026-02-01T00:00:00Z") });
  for (const record of before.records) later.ledger.load(record);
  assert.deepEqual([...later.ledger.records()], []);
});

Deno.test("Ledger has a last account for all who are too many, and room again when a period is over", () => {
  const { ledger, clock, told } = ledgerOf();
  const spec = budgetSpec({ limit: 10 });
  const want = (name: number) => [{ account: account(spec, `"${name}`), amount: 10 }];
  for (let name = 0; name < SUMS_MAX; name++) granted(ledger, want(name)).settle([10]);
  assert.equal(told.full, 0);
  granted(ledger, want(SUMS_MAX)).settle([10]);
  assert.ok(!isGranted(ledger, want(SUMS_MAX + 1)), "they share one");
  assert.ok(!isGranted(ledger, want(0)), "nobody is forgotten");
  assert.equal(told.full, 2);
  clock.epochMs = Date.parse("2026-02-01T00:01:00Z");
  for (let name = 0; name < 3; name++) granted(ledger, want(-1 - name));
  assert.equal(told.full, 2);
});

/** What happens to one of several budgets' requests. */
type Step =
  | { readonly type: "reserve"; readonly most: number; readonly share: number }
  | { readonly type: "settle" | "abort"; readonly which: number }
  | { readonly type: "wait"; readonly ms: number };

const steps = fc.array(
  fc.oneof<fc.Arbitrary<Step>[]>(
    fc.record({
      type: fc.constant("reserve" as const),
      most: fc.integer({ min: 0, max: 120 }),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
    fc.record({ type: fc.constantFrom("settle" as const, "abort" as const), which: fc.nat(20) }),
    fc.record({ type: fc.constant("wait" as const), ms: fc.nat(25_000) }),
  ),
  { maxLength: 150 },
);

Deno.test("Ledger never overspends by more than one request, in whatever order things happen", () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 300 }), steps, (limit, happening) => {
    const { ledger, clock, records } = ledgerOf();
    const own = account(budgetSpec({ limit, period: "minute" }), "");
    const open: { readonly reservation: Reservation; readonly cost: number }[] = [];
    let largest = 0;
    for (const step of happening) {
      if (step.type === "wait") clock.epochMs += step.ms;
      else if (step.type === "reserve") {
        const reserved = ledger.reserve([{ account: own, amount: step.most }]);
        if ("refusedBy" in reserved) continue;
        const cost = Math.floor(step.most * step.share);
        largest = Math.max(largest, cost);
        open.push({ reservation: reserved, cost });
      } else {
        const [one] = open.splice(step.which % (open.length || 1), 1);
        one?.reservation.settle(step.type === "settle" ? [one.cost] : []);
      }
    }
    for (const { reservation, cost } of open) reservation.settle([cost]);
    const spent = Map.groupBy(records, ({ startMs }) => startMs);
    for (const [, ofPeriod] of spent) {
      const sum = ofPeriod.reduce((total, { amount }) => total + amount, 0);
      assert.ok(sum <= limit || sum - largest < limit, `${sum} of ${limit}, by ${largest}`);
    }
  }));
});
