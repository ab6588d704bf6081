/**
 * Every client API with every provider: a test for each pair and each case, buffered and streamed,
 * and `docs/matrix.md`, which says what passes. `UPDATE=1` writes that page anew.
 */
import assert from "node:assert/strict";
import { suite } from "../support/suite.ts";
import { type Case, cases } from "./cases.ts";
import { clients } from "./clients/index.ts";
import type { Exception } from "./exceptions.ts";
import { expectedFor, lossesOf } from "./expected_losses.ts";
import { type Cell, cellKey, matrixPage } from "./page.ts";
import { type Matrix, providers, startMatrix } from "./providers.ts";
import { type Answered, openTalk, type Pair } from "./talk.ts";

const PAGE = new URL("../../docs/matrix.md", import.meta.url);

const test = suite(startMatrix);
const cells = new Map<string, Cell>();

for (const client of clients) {
  for (const provider of providers) {
    for (const one of cases) {
      test(`${client.name} x ${provider.name}: ${one.name}`, async (matrix) => {
        const pair = { client, provider };
        const noted = await runCell(matrix, pair, one);
        const lost = expectedFor(pair, one.name);
        cells.set(cellKey(client.name, provider.name, one.name), { noted, lost });
      });
    }
  }
}

Deno.test("docs/matrix.md says what passes", async () => {
  const page = matrixPage(cells);
  if (Deno.env.get("UPDATE") === "1") await Deno.writeTextFile(PAGE, page);
  assert.equal(await Deno.readTextFile(PAGE).catch(() => ""), page, "UPDATE=1 writes it anew");
});

async function runCell(matrix: Matrix, pair: Pair, one: Case): Promise<ReadonlySet<Exception>> {
  const whole = openTalk(matrix, pair, false);
  const streamed = openTalk(matrix, pair, true);
  const answers = await one.run(whole);
  const streams = await one.run(streamed);
  assert.deepEqual(streams.map(essence), answers.map(essence), "streamed as buffered");
  for (const all of [answers, streams]) {
    const lost = all.map(() => lossesOf(pair, one.name));
    assert.deepEqual(all.map((answer) => answer.lost), lost, "what was lost");
  }
  return new Set([...whole.noted, ...streamed.noted]);
}

/** What does not differ from one answer to the next of its kind. */
function essence(answer: Answered) {
  const { text, reasoning, calls, finish, isRefused, refusal, usage, llm } = answer;
  return {
    ...{ text, reasoning, finish, isRefused, refusal, usage },
    calls: calls.map(({ name, args }) => ({ name, args })),
    counted: llm.usage,
  };
}
