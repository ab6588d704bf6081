import assert from "node:assert/strict";
import { type ProviderName, providerNames, startAllProviders } from "../support/all_providers.ts";
import { loops } from "../support/clients/index.ts";
import { toldOfTwoCities } from "../support/clients/tool_loop.ts";
import { suite } from "../support/suite.ts";

const test = suite(() => startAllProviders());

/** Clients whose users choose another model in the middle of a conversation. */
const clients = ["openai chat", "openai responses", "anthropic"] as const;

/** Where a conversation cannot go on, and why. */
interface Exception {
  readonly holds: (client: string, to: ProviderName) => boolean;
  readonly why: string;
}

const exceptions: readonly Exception[] = [
  {
    holds: (_, to) => to === "deepseek",
    why: "DeepSeek takes no results of a tool that it did not call with thoughts of its own.",
  },
  {
    holds: (client, to) => client === "openai chat" && (to === "openai" || to === "azure"),
    why: "At an address of one's own may be a server that takes thoughts, as OpenAI's does not.",
  },
];

for (const client of clients) {
  for (const [row, from] of providerNames.entries()) {
    for (const [column, to] of providerNames.entries()) {
      if (from === to || exceptions.some(({ holds }) => holds(client, to))) continue;
      const stream = (row + column) % 2 === 0;
      const how = stream ? "streamed" : "buffered";
      test(`${client} moves from ${from} to ${to} between two turns, ${how}`, async (shared) => {
        const upstream = shared.upstream(to);
        const refused = upstream.refusals.length;
        const { text, rounds } = await loops[client](shared.gateway.url, from, {
          ...{ stream, movesTo: to },
        });
        assert.deepEqual(upstream.refusals.slice(refused), []);
        assert.equal(text, toldOfTwoCities);
        assert.equal(rounds, 2);
      });
    }
  }
}
