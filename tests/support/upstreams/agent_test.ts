import assert from "node:assert/strict";
import { agent } from "./agent.ts";
import type { Ask, AskBlock, Script } from "./scripts.ts";

const weather = {
  name: "get_weather",
  schema: { type: "object", properties: { city: { type: "string" } } },
};

function asking(text: string, more: Partial<Ask> = {}, then: readonly AskBlock[][] = []): Ask {
  const turns = [[{ kind: "text", text } as const], ...then];
  return {
    model: "m",
    system: "",
    turns: turns.map((blocks, index) => ({ role: index % 2 === 0 ? "user" : "assistant", blocks })),
    tools: [weather],
    toolChoice: "auto",
    parallelTools: true,
    tokensEnough: 5,
    stop: [],
    sampling: {},
    ...more,
  };
}

const paris = { name: "get_weather", args: { city: "Paris" } };
const rome = { name: "get_weather", args: { city: "Rome" } };
const called: AskBlock[] = [{ kind: "call", ...paris }];
const answered: AskBlock[] = [{ kind: "result", name: "get_weather", text: "18 C", media: 1 }];
const cities = "Paris and Rome?";

const rows: readonly (readonly [claim: string, ask: Ask, Script])[] = [
  ["calls for both cities", asking(cities), { toolCalls: [paris, rome] }],
  ["calls for one city", asking("Rome?"), { toolCalls: [rome] }],
  ["calls once without parallel calls", asking(cities, { parallelTools: false }), {
    toolCalls: [paris],
  }],
  ["calls one by one", asking(`${cities} one by one`, {}, [called, answered]), {
    toolCalls: [rome],
  }],
  ["calls a forced tool with made-up input", asking("hello", { toolChoice: "required" }), {
    toolCalls: [{ name: "get_weather", args: { city: "sample" } }],
  }],
  ["repeats results", asking(cities, {}, [called, answered]), {
    text: "Results: get_weather (1 media): 18 C",
  }],
  ["refuses", asking("refuse"), { refusal: true }],
  ["fails", asking("fail 429"), { fault: { status: 429 } }],
  ["is cut short", asking("hello", { maxTokens: 4 }), { text: "It is", finish: "length" }],
  ["stops at a stop sequence", asking("count", { stop: [" two"] }), {
    text: "one",
    finish: "stop-sequence",
  }],
  ["satisfies a schema", asking("hello", { schema: { type: "array", items: { const: 1 } } }), {
    text: "[1]",
  }],
];

for (const [claim, ask, script] of rows) {
  Deno.test(`agent() ${claim}`, () => assert.deepEqual(agent(ask), script));
}

Deno.test("agent() thinks when it shall, and hides it when it is told to", () => {
  const { reasoning } = agent(asking(cities, { reasoning: {} }));
  assert.match(reasoning?.text ?? "", /2 call\(s\), 天気/);
  assert.equal(agent(asking("secretly", { reasoning: {} })).reasoning?.redacted, true);
});

Deno.test("agent() says what it understood when nothing is to be done", () => {
  const { text } = agent(asking("hello", { toolChoice: "none", system: "Be brief." }));
  const { system, turns, tools } = JSON.parse(String(text));
  assert.deepEqual({ system, turns, tools }, {
    ...{ system: "Be brief.", turns: ["user: text"], tools: ["get_weather"] },
  });
});
