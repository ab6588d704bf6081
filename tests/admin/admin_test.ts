import assert from "node:assert/strict";
import { adminApp } from "../../src/admin/admin.ts";

function admin() {
  const state = { level: "info", stopped: 0 };
  const app = adminApp({
    configDump: () => ({ config: { port: 1 } }),
    runtimeInfo: () => ({ build: { version: "1" } }),
    levels: {
      current: () => state.level,
      reset: () => void (state.level = "start"),
      add(directives) {
        if (directives === "loud") return "no level loud";
        state.level += `,${directives}`;
        return undefined;
      },
    },
    shutDown: () => void state.stopped++,
  });
  const ask = async (path: string, headers: Record<string, string> = {}, method = "GET") => {
    const response = await app.request(`http://localhost:15000${path}`, {
      method,
      headers: { host: "localhost:15000", ...headers },
    });
    return { status: response.status, text: await response.text(), headers: response.headers };
  };
  return { state, ask };
}

Deno.test("adminApp() shows the configuration and what runs", async () => {
  const { ask } = admin();
  const dump = await ask("/config_dump");
  assert.match(dump.headers.get("content-type") ?? "", /^application\/json/);
  assert.equal(dump.text, JSON.stringify({ config: { port: 1 } }, null, 2));
  assert.deepEqual(JSON.parse((await ask("/api/runtime")).text), { build: { version: "1" } });
  assert.match((await ask("/")).text, /config_dump/);
  assert.deepEqual([(await ask("/nope")).status, (await ask("/nope")).text], [404, ""]);
});

Deno.test("adminApp() shows, adds to and resets the log level", async () => {
  const { ask } = admin();
  const post = (query: string) => ask(`/logging${query}`, {}, "POST");
  assert.equal((await post("")).text, "current log level is info\n");
  assert.equal((await post("?level=a=debug")).text, "current log level is info,a=debug\n");
  assert.equal((await post("?reset")).text, "current log level is start\n");
  assert.equal((await post("?reset&level=warn")).text, "current log level is start,warn\n");
});

Deno.test("adminApp() changes nothing when a level is wrong", async () => {
  const { ask, state } = admin();
  const wrong = await ask("/logging?reset&level=loud", {}, "POST");
  assert.equal(wrong.status, 400);
  assert.match(wrong.text, /^Invalid level provided: no level loud\nusage: /);
  assert.equal(state.level, "info");
});

Deno.test("adminApp() does nothing on GET that changes something", async () => {
  const { ask, state } = admin();
  for (const path of ["/logging?level=debug", "/quitquitquit"]) {
    const { status, headers } = await ask(path);
    assert.deepEqual([status, headers.get("allow")], [405, "POST"]);
  }
  assert.deepEqual(state, { level: "info", stopped: 0 });
  assert.equal((await ask("/quitquitquit", {}, "POST")).text, "shutdown now\n");
  assert.equal(state.stopped, 1);
});

const REFUSED: readonly Record<string, string>[] = [
  { origin: "http://evil.test" },
  { origin: "null" },
  { origin: "https://localhost:15000" },
  { origin: "http://localhost:8080" },
  { "sec-fetch-site": "cross-site" },
  { "sec-fetch-site": "same-site" },
  { host: "evil.test" },
  { host: "evil.test:15000", origin: "http://evil.test:15000", "sec-fetch-site": "same-origin" },
  { host: "127.0.0.1.evil.test:15000" },
  { host: "localhost.evil.test" },
];

const ACCEPTED: readonly Record<string, string>[] = [
  {},
  { host: "127.0.0.1:15000" },
  { host: "[::1]:15000" },
  { host: "10.0.0.7" },
  { origin: "http://localhost:15000", "sec-fetch-site": "same-origin" },
  { "sec-fetch-site": "none" },
];

for (
  const [verdict, status, cases] of [["refuses", 403, REFUSED], ["accepts", 200, ACCEPTED]] as const
) {
  for (const headers of cases) {
    Deno.test(`adminApp() ${verdict} ${JSON.stringify(headers)}`, async () => {
      const { ask, state } = admin();
      assert.equal((await ask("/quitquitquit", headers, "POST")).status, status);
      assert.equal((await ask("/config_dump", headers)).status, status);
      assert.equal(state.stopped, status === 200 ? 1 : 0);
    });
  }
}
