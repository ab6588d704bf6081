import assert from "node:assert/strict";
import { asked, messages, postChat } from "../support/chat_fixture.ts";
import { projectFile, rewrites } from "../support/config_file.ts";
import { llmConfig, modelEntry } from "../support/configs.ts";
import { Gateway, type GatewayOptions } from "../support/gateway.ts";
import { at } from "../support/json.ts";
import { Upstream } from "../support/openai_upstream.ts";
import { eventsIn } from "../support/sse_client.ts";
import { until, within } from "../support/until.ts";

interface Place {
  readonly upstream: Upstream;
  readonly gateway: Gateway;
  /** A config whose model is sent under that name. */
  yaml(model: string): string;
  /** The model that a request reaches the provider under. */
  model(): Promise<unknown>;
}

function testReload(
  name: string,
  check: (place: Place) => Promise<void>,
  options: Omit<GatewayOptions, "yaml"> = {},
): void {
  Deno.test({
    name,
    sanitizeOps: false,
    sanitizeResources: false,
    fn: async () => {
      await using upstream = await Upstream.start();
      const yaml = (model: string, port: number | undefined) =>
        llmConfig(
          port,
          modelEntry("m", upstream, {
            model,
            rest: [`responseHeaders: {set: {x-config: ${model}}}`],
          }),
        );
      await using gateway = await Gateway.start({
        ...options,
        yaml: (port) => yaml("first", port),
      });
      await check({
        upstream,
        gateway,
        yaml: (model) => gateway.render(yaml(model, gateway.ports[0])),
        model: async () => {
          const response = await postChat(gateway, { model: "m", messages });
          assert.equal(response.status, 200, await response.text());
          return at(upstream.last.json, "model");
        },
      });
    },
  });
}

for (const [how, rewrite] of Object.entries(rewrites)) {
  testReload(`a file that changes by ${how} is loaded, again and again`, async (place) => {
    for (const model of ["second", "third", "fourth"]) {
      rewrite(place.gateway.configPath, place.yaml(model));
      await until(`${model} is in force`, async () => (await place.model()) === model);
    }
  });
}

testReload("a projected volume that is swapped is loaded, again and again", async (place) => {
  for (const model of ["second", "third", "fourth"]) {
    projectFile(place.gateway.configPath, place.yaml(model));
    await until(`${model} is in force`, async () => (await place.model()) === model);
  }
}, { projected: true });

testReload("a broken file is told with its place and the old config stays", async (place) => {
  const { gateway } = place;
  const synchronized = async () =>
    (await gateway.metrics()).value("agentgateway_config_synchronized");
  assert.equal(await synchronized(), 1);
  const broken = place.yaml("second").replace("provider: openAI", "provider: opnAI")
    .replace("llm:", "llm:\n  prot: 1");
  rewrites["in place"](gateway.configPath, broken);
  await until("it is not synchronized", async () => (await synchronized()) === 0);
  for (
    const told of [/config\.yaml:3:\d+: llm\.prot: /, /yaml:7:\d+: .*provider: .*did you mean/]
  ) {
    await gateway.child.waitForLine(String(told), (line) => told.test(line));
  }
  assert.equal(await place.model(), "first");

  rewrites["in place"](gateway.configPath, place.yaml("third"));
  await until("it is synchronized again", async () => (await synchronized()) === 1);
  assert.equal(await place.model(), "third");
});

testReload("a file that is away for a while keeps the old config", async (place) => {
  const { gateway } = place;
  Deno.removeSync(gateway.configPath);
  await new Promise((resolve) => setTimeout(resolve, 600));
  assert.equal(await place.model(), "first");
  Deno.writeTextFileSync(gateway.configPath, place.yaml("second"));
  await until("second is in force", async () => (await place.model()) === "second");
});

testReload("SIGHUP loads the file without a change", async ({ gateway, model }) => {
  const loads = () =>
    gateway.child.stdout.filter((line) => line.includes("loaded config from")).length;
  const before = loads();
  gateway.child.signal("SIGHUP");
  await until("the file is loaded", () => loads() === before + 1);
  assert.ok(gateway.child.running);
  assert.equal(await model(), "first");
});

testReload("a secret's file that changes is loaded too", async ({ gateway, upstream, yaml }) => {
  const keyPath = `${gateway.directory}/key.txt`;
  Deno.writeTextFileSync(keyPath, "sk-one\n");
  const text = yaml("first").replace(/"apiKey":"[^"]*"/, `"apiKey":{"file":"${keyPath}"}`);
  rewrites["rename"](gateway.configPath, text);
  for (const key of ["sk-one", "sk-two", "sk-three"]) {
    rewrites["rename"](keyPath, `${key}\n`);
    await until(`${key} is in force`, async () => {
      await (await postChat(gateway, { model: "m", messages })).text();
      return upstream.last.request.headers.get("authorization") === `Bearer ${key}`;
    });
  }
});

testReload("requests in flight finish on the config they started with", async (place) => {
  const { gateway, upstream, yaml } = place;
  const script = { headDelayMs: 1_500 };
  const answer = postChat(gateway, { ...asked(script), model: "m" });
  await until("the upstream has it", () => upstream.records.length === 1);
  rewrites["rename"](gateway.configPath, yaml("second").replace('name: "m"', 'name: "other"'));
  await until("the model is gone", async () => {
    const response = await postChat(gateway, { model: "m", messages });
    await response.text();
    return response.status === 404;
  });
  const response = await answer;
  assert.equal(response.status, 200, await response.text());
  assert.equal(response.headers.get("x-config"), "first");
});

testReload("listeners are added, removed and kept without dropping a stream", async (place) => {
  const { gateway, upstream } = place;
  const [kept, removed, added] = gateway.ports;
  const host = `[{backends: [{host: "127.0.0.1:${upstream.sockets.port}"}]}]`;
  const bind = (port: number | undefined) => `- {port: ${port}, listeners: [{routes: ${host}}]}\n`;
  const connects = async (url: string) => {
    const response = await fetch(`${url}/v1/models`).catch(() => undefined);
    await response?.text();
    return response?.status === 200;
  };
  const open = async (url: string) => {
    const body = { ...asked({ stepped: true, events: 2 }), model: "m", stream: true };
    const init = { method: "POST", headers: { "content-type": "application/json" } };
    const answer = await fetch(`${url}/v1/chat/completions`, {
      ...init,
      body: JSON.stringify(body),
    });
    const events = eventsIn(answer);
    await within("the first event", 5_000, events.next());
    return events;
  };
  assert.deepEqual([kept, removed, added].map((port) => typeof port), [
    "number",
    "number",
    "number",
  ]);
  rewrites["rename"](gateway.configPath, `${place.yaml("first")}binds:\n${bind(removed)}`);
  await until("the first bind is there", () => connects(gateway.urlOf(1)));
  const streams = [await open(gateway.urlOf(0)), await open(gateway.urlOf(1))];

  rewrites["rename"](gateway.configPath, `${place.yaml("first")}binds:\n${bind(added)}`);
  await until("the added bind is there", () => connects(gateway.urlOf(2)));
  await until("the removed bind is away", async () => !(await connects(gateway.urlOf(1))));
  assert.ok(await connects(gateway.urlOf(0)));
  upstream.step();
  upstream.step();
  for (const events of streams) {
    const rest = await within("the streams end", 5_000, Array.fromAsync(events));
    assert.equal(rest.at(-1), "data: [DONE]");
  }
});

testReload("a new port that is taken is reported and the rest goes on", async (place) => {
  const { gateway } = place;
  using taken = Deno.listen({ hostname: "0.0.0.0", port: 0 });
  const { port } = taken.addr;
  const route = `[{backends: [{host: "127.0.0.1:1"}]}]`;
  const bind = `binds:\n- {port: ${port}, listeners: [{routes: ${route}}]}\n`;
  rewrites["rename"](gateway.configPath, place.yaml("first") + bind);
  await until(
    "it is not synchronized",
    async () => (await gateway.metrics()).value("agentgateway_config_synchronized") === 0,
  );
  const told = new RegExp(`Failed to reload config: .*${port}`);
  await gateway.child.waitForLine(String(told), (line) => told.test(line));
  assert.equal(await place.model(), "first");
});
