import assert from "node:assert/strict";
import { Readiness, readinessApp } from "../../src/admin/readiness.ts";

async function ask(readiness: Readiness, path = "/healthz/ready", method = "GET") {
  const response = await readinessApp(readiness).request(`http://h${path}`, { method });
  return [response.status, await response.text()];
}

Deno.test("readinessApp() is ready when nothing is pending, and not again while draining", async () => {
  const readiness = new Readiness(["b", "a"]);
  assert.deepEqual(await ask(readiness), [500, "not ready, pending: a, b\n"]);
  readiness.done("a");
  assert.deepEqual(await ask(readiness), [500, "not ready, pending: b\n"]);
  readiness.done("b");
  readiness.done("b");
  assert.deepEqual(await ask(readiness), [200, "ready\n"]);
  readiness.begin("drain");
  assert.deepEqual(await ask(readiness), [500, "not ready, pending: drain\n"]);
});

Deno.test("readinessApp() answers other methods with 405 and other paths with 404, empty", async () => {
  const readiness = new Readiness([]);
  assert.deepEqual(await ask(readiness, "/healthz/ready", "POST"), [405, ""]);
  assert.deepEqual(await ask(readiness, "/healthz/ready", "HEAD"), [200, ""]);
  assert.deepEqual(await ask(readiness, "/"), [404, ""]);
});
