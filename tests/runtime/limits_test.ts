import assert from "node:assert/strict";
import { account } from "../../src/policies/budget/account.ts";
import { createLimits, type Limits } from "../../src/runtime/limits.ts";
import { compileContext } from "../support/compile_context.ts";
import { budgetSpec } from "../support/limits.ts";
import { RedisServer } from "../support/redis_server.ts";
import { until } from "../support/until.ts";

const own = account(budgetSpec({ limit: 100 }), "");

async function spend({ budgets }: Limits, amount: number): Promise<void> {
  const reserved = await budgets.reserve([{ account: own, amount }]);
  if ("refusedBy" in reserved) throw new Error(`${reserved.refusedBy.spent} are spent`);
  reserved.settle([amount]);
}

async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "limits-" });
  try {
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("createLimits() keeps budgets in the file over a restart", () =>
  inFolder(async (folder) => {
    const stateFile = `${folder}/state.jsonl`;
    const { environment } = compileContext();
    for (const amount of [30, 60]) {
      const limits = createLimits({ redis: undefined, stateFile }, environment);
      limits.needState();
      await limits.open();
      await spend(limits, amount);
      await limits.close();
    }
    const limits = createLimits({ redis: undefined, stateFile }, environment);
    limits.needState();
    await limits.open();
    await assert.rejects(async () => {
      await spend(limits, 10);
      await spend(limits, 1);
    }, /100 are spent/);
    await limits.close();
  }));

Deno.test("createLimits() makes no file where there is no budget, and one when there is", () =>
  inFolder(async (folder) => {
    const stateFile = `${folder}/state.jsonl`;
    const limits = createLimits({ redis: undefined, stateFile }, compileContext().environment);
    await limits.open();
    assert.deepEqual([...Deno.readDirSync(folder)], []);
    limits.needState();
    await limits.open();
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["state.jsonl"]);
    await limits.close();
  }));

Deno.test("createLimits() says why budgets cannot be kept", async () => {
  const stateFile = "/dev/null/state.jsonl";
  const limits = createLimits({ redis: undefined, stateFile }, compileContext().environment);
  limits.needState();
  await assert.rejects(limits.open(), /^Error: cannot keep budgets in \/dev\/null\/state.jsonl: /);
  await limits.close();
});

Deno.test("createLimits() connects to a Redis when it is opened, and then needs no file", () =>
  inFolder(async (folder) => {
    await using server = await RedisServer.start();
    const redis = {
      url: server.url,
      failureMode: "failClosed",
      timeoutMs: 250,
      keyPrefix: "test:",
    } as const;
    const stateFile = `${folder}/state.jsonl`;
    const environment = { ...compileContext().environment, random: Math.random };
    const unopened = createLimits({ redis, stateFile }, environment);
    const heard: string[] = [];
    unopened.healthHints?.onAnnounced((member) => void heard.push(member));
    const clients = async () => String(await server.command("CLIENT", "LIST")).trim().split("\n");
    assert.equal((await clients()).length, 1, "nobody but the one who asks");
    const limits = createLimits({ redis, stateFile }, environment);
    limits.needState();
    await limits.open();
    await unopened.open();
    limits.healthHints?.announce("a", 1);
    await until("a hint is heard", () => heard.length === 1);
    await limits.close();
    await unopened.close();
    assert.deepEqual([...Deno.readDirSync(folder)], []);
  }));
