import assert from "node:assert/strict";
import { asked, postChat } from "../support/chat_fixture.ts";
import { rewrites } from "../support/config_file.ts";
import { llmConfig, modelEntry } from "../support/configs.ts";
import { Gateway } from "../support/gateway.ts";
import { Upstream } from "../support/openai_upstream.ts";
import { delay } from "../support/until.ts";

const seconds = Number(Deno.env.get("AGENTGATEWAY_E2E_RELOAD_SECONDS") ?? 30);
const flips = 20;
const lanes = 4;

Deno.test({
  name: `no request fails in ${seconds} s while the file flips ${flips} times`,
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    await using upstream = await Upstream.start();
    const yaml = (model: string, port: number | undefined) =>
      llmConfig(port, modelEntry("m", upstream, { model }));
    await using gateway = await Gateway.start({ yaml: (port) => yaml("red", port) });
    const good = ["red", "green"].map((name) => gateway.render(yaml(name, gateway.ports[0])));
    const broken = (good[0] ?? "").replace("llm:", "llm:\n  nonsense: true");

    let isOver = false;
    const failures: string[] = [];
    const models = new Map<string, number>();
    const lane = async (index: number) => {
      for (let count = 0; !isOver; count++) {
        const stream = (index + count) % 2 === 0;
        const outcome = await ask(gateway, stream).catch((error) => `threw ${error}`);
        if (outcome.startsWith("model ")) models.set(outcome, (models.get(outcome) ?? 0) + 1);
        else failures.push(outcome);
        await delay(5);
      }
    };
    const load = Promise.all(Array.from({ length: lanes }, (_, index) => lane(index)));
    const seen = await flipFiles(gateway, [good[1] ?? "", broken, good[0] ?? ""]);
    isOver = true;
    await load;

    assert.deepEqual(failures, []);
    assert.deepEqual([...models.keys()].sort(), ["model green", "model red"]);
    assert.deepEqual([...seen].sort(), [0, 1]);
    const total = [...models.values()].reduce((sum, count) => sum + count, 0);
    assert.ok(total > seconds * 20, `only ${total} requests`);
    const errors = gateway.child.stdout.concat(gateway.child.stderr)
      .filter((line) => /config\.yaml:3:\d+: llm\.nonsense: /.test(line));
    assert.ok(errors.length >= Math.floor(flips / 3), `${errors.length} errors were told`);
  },
});

/** Flips through the texts for the whole time; gives the values that the metric had. */
async function flipFiles(gateway: Gateway, texts: readonly string[]): Promise<Set<number>> {
  const seen = new Set<number>();
  const ways = [rewrites["rename"], rewrites["in place"]];
  for (let flip = 0; flip < flips; flip++) {
    ways[flip % ways.length]?.(gateway.configPath, texts[flip % texts.length] ?? "");
    await delay((seconds * 1_000) / flips);
    const value = (await gateway.metrics()).value("agentgateway_config_synchronized");
    if (value !== undefined) seen.add(value);
  }
  return seen;
}

/** One request; says under which model it went, or what went wrong. */
async function ask(gateway: Gateway, stream: boolean): Promise<string> {
  const script = stream ? { events: 5, intervalMs: 5 } : {};
  const response = await postChat(gateway, { ...asked(script), model: "m", stream });
  const text = await response.text();
  if (response.status !== 200) return `status ${response.status}: ${text}`;
  if (stream && !text.endsWith("data: [DONE]\n\n")) return `cut: ${text}`;
  return `model ${/"model":\s*"(\w+)-2024/.exec(text)?.[1]}`;
}
