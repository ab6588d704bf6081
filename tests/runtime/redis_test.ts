import assert from "node:assert/strict";
import * as v from "valibot";
import { formatPath } from "../../src/config/diagnostic.ts";
import { Redis } from "../../src/config/schema/redis.ts";
import { compileRedis } from "../../src/runtime/redis.ts";
import { compileContext } from "../support/compile_context.ts";

Deno.test("compileRedis() fills in what is not said", () => {
  const context = compileContext();
  const url = "rediss://user:s3cret@redis.test:6380/2";
  assert.deepEqual(compileRedis(v.parse(Redis, { url }), [], context), {
    url,
    failureMode: "failClosed",
    timeoutMs: 250,
    keyPrefix: "agentgateway:",
  });
  assert.deepEqual(context.problems, []);
});

Deno.test("compileRedis() takes what is said", () => {
  const written = {
    url: "redis://localhost:6379",
    failureMode: "failOpen",
    timeout: "1s",
    keyPrefix: "gw:",
  };
  assert.deepEqual(compileRedis(v.parse(Redis, written), [], compileContext()), {
    url: "redis://localhost:6379",
    failureMode: "failOpen",
    timeoutMs: 1_000,
    keyPrefix: "gw:",
  });
});

Deno.test("compileRedis() says what is wrong with an address, but not what it is", () => {
  const cases = {
    "s3cret": "must be a URL such as redis://localhost:6379",
    "http://u:s3cret@h": "must begin with redis://, or rediss:// for TLS",
    "redis://": "must name a host, as in redis://localhost:6379",
    "redis:///s3cret": "must name a host, as in redis://localhost:6379",
    "redis://h/s3cret": "must have the number of a database for a path, or none",
    "redis://h/0?password=s3cret": "must not hold a query or a fragment",
    "redis://h/#s3cret": "must not hold a query or a fragment",
  };
  for (const [url, message] of Object.entries(cases)) {
    const context = compileContext();
    const settings = compileRedis(v.parse(Redis, { url }), ["config", "redis"], context);
    assert.equal(settings, undefined);
    const told = context.problems.map((problem) =>
      `${formatPath(problem.path)}: ${problem.message}`
    );
    assert.deepEqual(told, [`config.redis.url: ${message}`], url);
  }
});

Deno.test("compileRedis() reads the address from a file", async () => {
  const path = await Deno.makeTempFile();
  await Deno.writeTextFile(path, "redis://localhost:6379\n");
  const settings = v.parse(Redis, { url: { file: path } });
  assert.equal(compileRedis(settings, [], compileContext())?.url, "redis://localhost:6379");
  await Deno.remove(path);
});
