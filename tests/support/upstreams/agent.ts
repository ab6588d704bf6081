import { at, isObject, type JsonObject } from "../json.ts";
import { sampleOf } from "./schema_sample.ts";
import { type Ask, type AskBlock, type Script, type ScriptedCall, scriptIn } from "./scripts.ts";

/**
 * What a stand-in's model does when no script says otherwise; the same request always gives the
 * same answer.
 *
 * The user's last text decides: `script: {...}` is done as it says, `refuse` is refused,
 * `fail 429` and `fail 429 in stream` fail with that status, `count` counts up to a stop
 * sequence. A tool `get_weather` is called for Paris and Rome where the text names them (one
 * after the other when it says `one by one`), and a forced tool in any case. Tool results are
 * repeated, a schema is satisfied, and everything else is answered by a JSON text of what was
 * understood.
 */
export function agent(ask: Ask): Script {
  const text = lastText(ask);
  const results = lastResults(ask);
  const planned = results.length === 0 ? scriptIn(text) ?? failure(text) : undefined;
  if (planned !== undefined) return planned;
  if (ask.maxTokens !== undefined && ask.maxTokens < ask.tokensEnough) {
    return { text: "It is", finish: "length" };
  }
  if (text === "refuse") return { refusal: true };
  if (text === "filter") return { text: "It", finish: "content-filter" };
  const toolCalls = callsFor(ask, text);
  const reasoning = ask.reasoning === undefined ? undefined : {
    text: toolCalls.length > 0
      ? `They want the weather → ${toolCalls.length} call(s), 天気 it is.`
      : "Nothing to call, so I answer – at once.",
    ...(text.includes("secretly") && { redacted: true }),
  };
  return {
    ...(reasoning && { reasoning }),
    ...(toolCalls.length > 0 ? { toolCalls } : said(ask, text, results)),
  };
}

function said(ask: Ask, text: string, results: readonly Result[]): Script {
  if (results.length > 0) return { text: `Results: ${results.map(resultText).join("; ")}` };
  if (ask.schema !== undefined) return { text: JSON.stringify(sampleOf(ask.schema)) };
  if (text === "count") return counted(ask.stop[0]);
  return { text: JSON.stringify(understood(ask)) };
}

function counted(stop: string | undefined): Script {
  const text = "one two three four five";
  const end = stop === undefined ? -1 : text.indexOf(stop);
  return end < 0 ? { text } : { text: text.slice(0, end), finish: "stop-sequence" };
}

/** What of a request has arrived, for tests to compare with what was sent. */
export function understood(ask: Ask): JsonObject {
  const blocks = ask.turns.flatMap((turn) => turn.blocks);
  const count = (kind: AskBlock["kind"]) => blocks.filter((block) => block.kind === kind).length;
  return {
    model: ask.model,
    system: ask.system,
    turns: ask.turns.map(({ role, blocks }) =>
      `${role}: ${blocks.map(({ kind }) => kind).join(" ")}`
    ),
    text: lastText(ask),
    images: count("image"),
    documents: count("document"),
    audio: count("audio"),
    thoughts: count("thought"),
    tools: ask.tools.map(({ name }) => name),
    toolChoice: ask.toolChoice,
    parallelTools: ask.parallelTools,
    reasoning: ask.reasoning ?? null,
    maxTokens: ask.maxTokens ?? null,
    stop: ask.stop,
    sampling: ask.sampling,
  };
}

type Result = Extract<AskBlock, { kind: "result" }>;

function resultText({ name, text, failed, media = 0 }: Result): string {
  const notes = [...(failed ? ["failed"] : []), ...(media > 0 ? [`${media} media`] : [])];
  return `${name}${notes.length > 0 ? ` (${notes.join(", ")})` : ""}: ${text}`;
}

function lastResults(ask: Ask): Result[] {
  const last = ask.turns.at(-1)?.blocks ?? [];
  return last.flatMap((block) => block.kind === "result" ? [block] : []);
}

/** The text of the last user turn that has one. */
function lastText(ask: Ask): string {
  const texts = ask.turns.filter(({ role }) => role === "user").map(({ blocks }) => textIn(blocks));
  return texts.findLast((text) => text !== "") ?? "";
}

function textIn(blocks: readonly AskBlock[]): string {
  return blocks.flatMap((block) => block.kind === "text" ? [block.text] : []).join("\n");
}

function failure(text: string): Script | undefined {
  const [, status, inStream] = /^fail (\d{3})( in stream)?$/.exec(text) ?? [];
  if (status === undefined) return undefined;
  return {
    ...(inStream && { text: "This will not end well, and nobody will hear how it does." }),
    fault: { status: Number(status), ...(inStream && { inStreamAfter: 2 }) },
  };
}

function callsFor(ask: Ask, text: string): ScriptedCall[] {
  if (ask.toolChoice === "none" || ask.tools.length === 0) return [];
  const called = callsSinceText(ask);
  const knowsWeather = ask.tools.some(({ name }) => name === "get_weather");
  const open = ["Paris", "Rome"].filter((city) => text.includes(city) && !called.includes(city));
  const mayCall = knowsWeather && (ask.toolChoice === "auto" || ask.toolChoice === "required");
  const isFresh = called.length === 0 || text.includes("one by one");
  const cities = mayCall && isFresh ? open : [];
  const isSerial = !ask.parallelTools || text.includes("one by one");
  const calls = cities.map((city) => ({ name: "get_weather", args: { city } }));
  if (calls.length > 0) return isSerial ? calls.slice(0, 1) : calls;
  if (ask.toolChoice === "auto" || lastResults(ask).length > 0) return [];
  return forcedCall(ask);
}

/** Tools that must be called are, if need be with made-up input. */
function forcedCall({ tools, toolChoice }: Ask): ScriptedCall[] {
  const wanted = typeof toolChoice === "object" ? toolChoice.name : tools[0]?.name;
  const tool = tools.find(({ name }) => name === wanted);
  if (tool === undefined) return [];
  const input = sampleOf(tool.schema);
  return [{ name: tool.name, args: isObject(input) ? input : {} }];
}

/** The cities whose weather was asked for since the user last spoke. */
function callsSinceText(ask: Ask): unknown[] {
  const spoke = ask.turns.findLastIndex(({ role, blocks }) =>
    role === "user" && textIn(blocks) !== ""
  );
  return ask.turns.slice(spoke + 1).flatMap(({ blocks }) =>
    blocks.flatMap((block) => block.kind === "call" ? [at(block.args, "city") ?? block.name] : [])
  );
}
