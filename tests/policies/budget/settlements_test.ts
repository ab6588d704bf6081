import assert from "node:assert/strict";
import { type Settlement, Settlements } from "../../../src/policies/budget/settlements.ts";
import { RedisAway } from "../../../src/policies/shared/redis_link.ts";
import { until } from "../../support/until.ts";

const settlement = (id: string): Settlement => ({
  id,
  gateway: "g",
  held: [],
  amounts: [],
  isAgain: false,
});

/** A server that takes settlements, unless it is away. */
interface Server {
  fault: RedisAway | undefined;
  readonly taken: string[];
  tried: number;
  readonly warned: string[];
}

function settlementsOf(fault?: RedisAway) {
  const server: Server = { fault, taken: [], tried: 0, warned: [] };
  const settlements = new Settlements({
    send({ id, isAgain }) {
      server.tried++;
      if (server.fault !== undefined) return Promise.reject(server.fault);
      server.taken.push(isAgain ? `${id} again` : id);
      return Promise.resolve();
    },
    warn: (message) => void server.warned.push(message),
  });
  return { server, settlements };
}

Deno.test("Settlements says of those that may have arrived before that they are sent again", async () => {
  for (const [wasSent, word] of [[true, "a again"], [false, "a"]] as const) {
    const { server, settlements } = settlementsOf(new RedisAway("away", wasSent));
    settlements.add(settlement("a"));
    await until("it was tried", () => server.tried === 1);
    server.fault = new RedisAway("away", false);
    await settlements.flush();
    server.fault = undefined;
    await settlements.flush();
    await settlements.flush();
    assert.deepEqual(server.taken, [word]);
  }
});

Deno.test("Settlements keeps all that wait, and tells of those that were never sent", async () => {
  const { server, settlements } = settlementsOf(new RedisAway("away", false));
  for (let count = 0; count < 250; count++) settlements.add(settlement(`${count}`));
  await until("all were tried", () => server.tried === 250);
  await settlements.flush();
  server.fault = undefined;
  await settlements.flush();
  assert.equal(new Set(server.taken).size, 250);
  server.fault = new RedisAway("away", true);
  for (const id of ["x", "y"]) settlements.add(settlement(id));
  await settlements.close();
  assert.deepEqual(server.warned, ["Redis is not told what 2 requests have spent"]);
});

Deno.test("Settlements waits at its end for those under way", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  let isClosed = false;
  const settlements = new Settlements({ send: () => promise, warn: assert.fail });
  settlements.add(settlement("a"));
  const closed = settlements.close().then(() => isClosed = true);
  await Promise.resolve();
  assert.equal(isClosed, false);
  resolve();
  await closed;
});
