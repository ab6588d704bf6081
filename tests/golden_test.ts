/**
 * Every crossing of a client API and a provider API, case by case, as files to be read:
 * `golden/<client>/<case>/` has the client's request, what each provider is asked, and what the
 * client gets for the provider's answer, which is in `golden/answers/<provider API>/<case>`.
 *
 * Where client and provider share an API nothing is translated, so that there is nothing to see.
 * `UPDATE=1` writes all but the answers anew.
 */
import assert from "node:assert/strict";
import type { Api, CalledApi } from "../src/apis/api.ts";
import { completions } from "../src/apis/completions/index.ts";
import { gemini } from "../src/apis/gemini/index.ts";
import { CALLED_APIS } from "../src/apis/index.ts";
import { messages } from "../src/apis/messages/index.ts";
import { responses } from "../src/apis/responses/index.ts";
import {
  cross,
  type Crossing,
  eventsIn,
  type ProviderAnswer,
  recallOf,
} from "./golden/crossing.ts";
import { wishes } from "./golden/wishes.ts";
import type { Answer, ChatClient } from "./matrix/chat_client.ts";
import { clients } from "./matrix/clients/index.ts";
import { sseEvents } from "./matrix/sse_events.ts";
import { isObject } from "./support/json.ts";

const ROOT = new URL("golden/", import.meta.url);
const update = Deno.env.get("UPDATE") === "1";
const served: readonly Api[] = [completions, messages, responses, gemini];
const called: readonly CalledApi[] = Object.values(CALLED_APIS);

for (const client of clients) {
  for (const name of Object.keys(wishes)) {
    Deno.test(`golden/${client.name}/${name}`, () => checkCase(client, name));
  }
}

Deno.test("golden/ has no files that nothing makes", () => {
  for (const { name: client } of clients) {
    const folders = [...Deno.readDirSync(new URL(`${client}/`, ROOT))].map(({ name }) => name);
    assert.deepEqual(folders.sort(), Object.keys(wishes).sort());
  }
  for (const { name, framing } of called) {
    const end = framing === "sse" ? "sse" : "jsonl";
    const expected = Object.keys(wishes).flatMap((one) => [`${one}.${end}`, `${one}.json`]);
    const files = [...Deno.readDirSync(new URL(`answers/${name}/`, ROOT))].map(({ name }) => name);
    assert.deepEqual(files.sort(), expected.sort());
  }
});

function checkCase(client: ChatClient, name: string): void {
  const api = served.find((one) => one.name === client.name);
  const wish = wishes[name];
  assert.ok(api !== undefined && wish !== undefined);
  const { body } = client.request(wish(recallOf(api, client)), { model: "smart", stream: true });
  const files = new Map([["request.json", formatted(body)]]);
  const lost: Record<string, string> = {};
  for (const one of called) {
    if (one.name === api.name) continue;
    const answer = answerOf(one, name);
    const crossing = cross(api, one, body, answer);
    files.set(`${one.name}.request.json`, formatted(crossing.request));
    files.set(`${one.name}.client.json`, formatted(crossing.answer));
    files.set(`${one.name}.client.sse`, crossing.stream);
    if (crossing.lost !== "") lost[one.name] = crossing.lost;
    assertSameAnswer(client, crossing, answer.errorStatus !== undefined);
  }
  if (Object.keys(lost).length > 0) files.set("losses.json", formatted(lost));
  assertFiles(new URL(`${client.name}/${name}/`, ROOT), files);
}

function answerOf({ name: api, framing }: CalledApi, name: string): ProviderAnswer {
  const path = new URL(`answers/${api}/${name}`, ROOT);
  const whole: unknown = JSON.parse(Deno.readTextFileSync(`${path.pathname}.json`));
  assert.ok(isObject(whole));
  const end = framing === "sse" ? "sse" : "jsonl";
  const events = eventsIn(Deno.readTextFileSync(`${path.pathname}.${end}`), framing);
  return { whole, events, ...(name === "error" && { errorStatus: 429 }) };
}

/** A client understands the stream as it understands the whole answer. */
function assertSameAnswer(client: ChatClient, { answer, stream }: Crossing, fails: boolean): void {
  const streamed = client.readStream(sseEvents(stream));
  if (fails) {
    assert.ok("error" in streamed);
    assert.equal(streamed.error.message, client.readError(answer).message);
    return;
  }
  assert.ok("answer" in streamed);
  assert.deepEqual(essence(streamed.answer), essence(client.readWhole(answer)));
}

/** Items that the gateway makes up ids for have others in a stream. */
function essence({ again: _, ...answer }: Answer): Partial<Answer> {
  return answer;
}

function assertFiles(folder: URL, files: ReadonlyMap<string, string>): void {
  if (update) writeFiles(folder, files);
  const found = [...Deno.readDirSync(folder)].map(({ name }) => name);
  assert.deepEqual(found.sort(), [...files.keys()].sort());
  for (const [name, text] of files) {
    assert.equal(Deno.readTextFileSync(new URL(name, folder)), text, `${name}: UPDATE=1 writes it`);
  }
}

function writeFiles(folder: URL, files: ReadonlyMap<string, string>): void {
  Deno.mkdirSync(folder, { recursive: true });
  for (const { name } of Deno.readDirSync(folder)) {
    if (!files.has(name)) Deno.removeSync(new URL(name, folder));
  }
  for (const [name, text] of files) Deno.writeTextFileSync(new URL(name, folder), text);
}

function formatted(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
