import assert from "node:assert/strict";
import { inspect } from "node:util";
import { isObject, type JsonObject } from "../support/json.ts";
import { scripted, type ScriptedUsage } from "../support/upstreams/scripts.ts";
import type { Image, Said, Tool } from "./chat_client.ts";
import { errorCase } from "./error_case.ts";
import { expected } from "./exceptions.ts";
import type { Answered, Talk } from "./talk.ts";

/** One thing that every client can do with every provider. */
export interface Case {
  readonly name: string;
  /** What it shows, in words for the page. */
  readonly what: string;
  /** Fails where the thing does not work, exceptions apart; gives the answers for comparison. */
  readonly run: (talk: Talk) => Promise<readonly Answered[]>;
}

/** Every case, in the order of the page. */
export const cases: readonly Case[] = [
  { name: "plain", what: "a question and its answer, to the letter", run: plain },
  { name: "system", what: "instructions", run: system },
  { name: "multi-turn", what: "earlier turns, in their roles and order", run: multiTurn },
  { name: "tools", what: "a call of a function, with its arguments", run: tools },
  { name: "parallel tools", what: "two calls at once, told apart", run: parallelTools },
  { name: "tool result", what: "the results of two calls, each for its own", run: toolResult },
  { name: "image", what: "a picture in base64", run: image },
  { name: "structured output", what: "an answer that fits a JSON schema", run: structuredOutput },
  { name: "reasoning", what: "thoughts, shown apart from the answer", run: reasoning },
  {
    name: "reasoning replay",
    what: "thoughts and their signatures, back at the provider in the next turns",
    run: reasoningReplay,
  },
  { name: "stop by length", what: "an answer that was cut at its limit", run: stopByLength },
  { name: "refusal", what: "a refusal, and the provider's words for it", run: refusal },
  {
    name: "error",
    what: "the provider's errors in the client's words: nine statuses, and inside streams",
    run: errorCase,
  },
  {
    name: "usage",
    what: "tokens with caches and reasoning, the same in answer and log",
    run: usage,
  },
];

/** A function that every stand-in's model likes to call. */
export const weather: Tool = {
  name: "get_weather",
  description: "The weather in a city",
  schema: {
    type: "object",
    properties: { city: { type: "string", description: "Name of the city" } },
    required: ["city"],
    additionalProperties: false,
  },
};

/** A form for answers. */
export const forecast: JsonObject = {
  type: "object",
  properties: { city: { type: "string" }, degrees: { type: "integer" } },
  required: ["city", "degrees"],
  additionalProperties: false,
};

/** A picture of one pixel. */
export const pixel: Image = {
  mediaType: "image/png",
  data:
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
};

const asked = (text: string): Said => ({ by: "user", text });
const said = (text: string): Said => ({ by: "model", text });

async function plain(talk: Talk): Promise<Answered[]> {
  const text = 'Hello → there, "world"\n天気は 🌦 \\o/';
  const answer = await talk.ask({ said: [asked(scripted({ text }))] });
  assert.equal(answer.text, text);
  assert.equal(answer.finish, "stop");
  assert.deepEqual([answer.reasoning, answer.calls, answer.isRefused], ["", [], false]);
  return [answer];
}

async function system(talk: Talk): Promise<Answered[]> {
  const answer = await talk.ask({ system: "Be brief.", said: [asked("What is the matter?")] });
  const { system, text, turns } = understoodIn(answer);
  assert.deepEqual({ system, text, turns }, {
    system: "Be brief.",
    text: "What is the matter?",
    turns: ["user: text"],
  });
  return [answer];
}

async function multiTurn(talk: Talk): Promise<Answered[]> {
  const turns = [asked("I am Ada."), said("Hello, Ada."), asked("What is my name?")];
  const answer = await talk.ask({ said: turns });
  const { text, turns: understood } = understoodIn(answer);
  assert.equal(text, "What is my name?");
  assert.deepEqual(understood, ["user: text", "assistant: text", "user: text"]);
  return [answer];
}

async function tools(talk: Talk): Promise<Answered[]> {
  const question = asked("What is the weather in Paris?");
  const answer = await talk.ask({ said: [question], tools: [weather] });
  assertCalls(answer, ["Paris"]);
  return [answer];
}

async function parallelTools(talk: Talk): Promise<Answered[]> {
  const answer = await talk.ask({ said: [bothCities], tools: [weather] });
  assertCalls(answer, ["Paris", "Rome"]);
  return [answer];
}

const bothCities = asked("What is the weather in Paris and in Rome?");

async function toolResult(talk: Talk): Promise<Answered[]> {
  const first = await talk.ask({ said: [bothCities], tools: [weather] });
  const answer = await talk.ask({ said: [bothCities, ...answered(first)], tools: [weather] });
  assert.equal(answer.text, "Results: get_weather: sunny in Paris; get_weather: sunny in Rome");
  assert.equal(answer.finish, "stop");
  return [first, answer];
}

/** The calls of an answer, and their results. */
function answered({ again, calls }: Answered): Said[] {
  const results = calls.map((call) => ({
    call,
    text: `sunny in ${isObject(call.args) ? call.args.city : "nowhere"}`,
  }));
  return [{ by: "model", again }, { by: "tools", results }];
}

async function image(talk: Talk): Promise<Answered[]> {
  const answer = await talk.ask({ said: [{ by: "user", text: "What is it?", image: pixel }] });
  const { text, images } = understoodIn(answer);
  assert.deepEqual({ text, images }, { text: "What is it?", images: 1 });
  return [answer];
}

async function structuredOutput(talk: Talk): Promise<Answered[]> {
  const answer = await talk.ask({ said: [asked("Where is it hot?")], schema: forecast });
  assert.deepEqual(JSON.parse(answer.text), { city: "sample", degrees: 7 });
  return [answer];
}

async function reasoning(talk: Talk): Promise<Answered[]> {
  const answer = await talk.ask({ said: [asked("What is the matter?")], thinks: true });
  assert.equal(
    answer.reasoning,
    expected(talk, "thoughts", "Nothing to call, so I answer – at once.", ""),
  );
  assert.notEqual(understoodIn(answer).reasoning, null, "the model was not asked to think");
  return [answer];
}

async function reasoningReplay(talk: Talk): Promise<Answered[]> {
  const wish = { tools: [weather], thinks: true };
  const first = await talk.ask({ ...wish, said: [bothCities] });
  assertCalls(first, ["Paris", "Rome"]);
  const called = [bothCities, ...answered(first)];
  const second = await talk.ask({ ...wish, said: called });
  assert.equal(second.text, "Results: get_weather: sunny in Paris; get_weather: sunny in Rome");
  const next: Said[] = [{ by: "model", again: second.again }, asked("What is the matter?")];
  const third = await talk.ask({ ...wish, said: [...called, ...next] });
  const { thoughts } = understoodIn(third);
  assert.equal(Number(thoughts) > 0, expected(talk, "replay", true, false), `${thoughts} came`);
  return [first, second, third];
}

async function stopByLength(talk: Talk): Promise<Answered[]> {
  const script = scripted({ text: "It is", finish: "length" });
  const answer = await talk.ask({ said: [asked(script)], maxTokens: 16 });
  assert.equal(answer.text, "It is");
  assert.equal(answer.finish, "length");
  return [answer];
}

async function refusal(talk: Talk): Promise<Answered[]> {
  const answer = await talk.ask({ said: [asked("refuse")] });
  assert.ok(answer.isRefused, inspect(answer));
  assert.match(answer.refusal, expected(talk, "refusal text", /can't|cannot|declined/, /^$/));
  return [answer];
}

/** Numbers of which no two are alike. */
const counted: ScriptedUsage = {
  input: 1200,
  cacheRead: 700,
  cacheWrite: 90,
  output: 345,
  reasoning: 123,
};

async function usage(talk: Talk): Promise<Answered[]> {
  const script = scripted({ text: "Counted.", usage: counted });
  const answer = await talk.ask({ said: [asked(script)] });
  const { input, output, cacheRead } = counted;
  const cacheWrite = expected(talk, "cache writes", counted.cacheWrite, undefined);
  const reasoning = expected(talk, "reasoning tokens", counted.reasoning, undefined);
  const told = expected(talk, "cache writes told", cacheWrite, undefined);
  const wanted = { input, output, cacheRead, cacheWrite: told, reasoning };
  assert.deepEqual(nonZero(answer.usage), nonZero(wanted));
  assert.deepEqual(
    nonZero(answer.llm.usage ?? {}),
    nonZero({
      ...{ inputTokens: input, outputTokens: output, cacheReadTokens: cacheRead },
      ...{ cacheWriteTokens: cacheWrite, reasoningTokens: reasoning },
    }),
  );
  return [answer];
}

/** Some APIs must say 0 of what they do not know. */
function nonZero(usage: object): JsonObject {
  return Object.fromEntries(
    Object.entries(usage).filter(([, count]) => count !== undefined && count !== 0),
  );
}

function assertCalls({ calls, finish }: Answered, cities: readonly string[]): void {
  const wanted = cities.map((city) => ({ name: "get_weather", args: { city } }));
  assert.deepEqual(calls.map(({ name, args }) => ({ name, args })), wanted);
  assert.equal(finish, "tool-calls");
  const ids = calls.map(({ id }) => id);
  if (ids.some((id) => id !== "")) assert.equal(new Set(ids).size, cities.length, "ids differ");
}

/** What a stand-in's model says that it was asked. */
function understoodIn({ text }: Answered): JsonObject {
  const value: unknown = JSON.parse(text);
  assert.ok(isObject(value), text);
  return value;
}
