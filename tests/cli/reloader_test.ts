import assert from "node:assert/strict";
import type { Loaded } from "../../src/cli/load_snapshot.ts";
import { loadSnapshot } from "../../src/cli/load_snapshot.ts";
import { surroundings } from "../../src/cli/surroundings.ts";
import { Reloader } from "../../src/cli/reloader.ts";
import type { Snapshot } from "../../src/routing/snapshot.ts";
import { until } from "../support/until.ts";

const portsOf = ({ ports }: Snapshot) => [...ports.keys()];

function bindOf(port: number): string {
  return JSON.stringify({ binds: [{ port, listeners: [{ routes: [] }] }] });
}

const SURROUNDINGS = surroundings({ get: () => undefined });

function started() {
  const texts = { now: bindOf(1) };
  const source = { name: "inline", read: () => texts.now };
  const first = loadSnapshot(source, 0, SURROUNDINGS);
  assert.ok(isLoaded(first));
  const applied: number[][] = [];
  const seen = { synchronized: new Array<boolean>(), errors: new Array<string>() };
  const reserved = { fails: false };
  const reloader = new Reloader({
    source,
    first,
    startedAtS: 0,
    surroundings: SURROUNDINGS,
    dataPlane: {
      async apply(snapshot) {
        await Promise.resolve();
        applied.push(portsOf(snapshot));
        if (applied.at(-1)?.includes(13)) throw new Error("port 13 is taken");
      },
      stop: () => Promise.resolve(),
    },
    metrics: {
      observer: { settled() {} },
      reserveModels() {
        if (reserved.fails) throw new Error("out of series");
      },
      setConfigSynchronized: (isSynchronized) => void seen.synchronized.push(isSynchronized),
    },
    log: {
      debug() {},
      info() {},
      warn() {},
      error: (_scope, message) => void seen.errors.push(message),
    },
    watch: () => ({ follow() {}, close() {} }),
  });
  const reload = async (text: string) => {
    texts.now = text;
    const before = seen.synchronized.length;
    reloader.reload("test");
    await until("the reload", () => seen.synchronized.length > before);
  };
  return { reloader, reload, applied, seen, reserved };
}

function isLoaded(result: ReturnType<typeof loadSnapshot>): result is Loaded {
  return "snapshot" in result;
}

Deno.test("Reloader keeps what is in force when the new configuration does not hold", async () => {
  const it = started();
  await it.reload(bindOf(2));
  await it.reload("binds: 7");
  await it.reload(bindOf(13));
  assert.deepEqual(portsOf(it.reloader.current.snapshot), [2]);
  assert.deepEqual(it.seen.synchronized, [true, false, false]);
  assert.match(it.seen.errors.at(-1) ?? "", /^Failed to reload config: port 13 is taken/);
});

Deno.test("Reloader goes on after a load that threw", async () => {
  const it = started();
  it.reserved.fails = true;
  await it.reload(bindOf(2));
  assert.deepEqual(it.seen.errors, ["Failed to reload config: out of series"]);
  it.reserved.fails = false;
  await it.reload(bindOf(3));
  assert.deepEqual(portsOf(it.reloader.current.snapshot), [3]);
  assert.deepEqual(it.seen.synchronized, [false, true]);
});

Deno.test("close() keeps queued loads from being applied", async () => {
  const it = started();
  it.reloader.reload("queued");
  it.reloader.close();
  it.reloader.reload("late");
  await new Promise((resolve) => setTimeout(resolve, 0));
  assert.deepEqual([it.applied, it.seen.synchronized], [[], []]);
});
