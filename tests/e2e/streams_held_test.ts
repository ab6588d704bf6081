import assert from "node:assert/strict";
import { type ProviderName, providerNames, startAllProviders } from "../support/all_providers.ts";
import { loopNames } from "../support/clients/index.ts";
import { talkers } from "../support/clients/talk.ts";
import type { Gateway } from "../support/gateway.ts";
import { suite } from "../support/suite.ts";
import { scripted } from "../support/upstreams/scripts.ts";
import { until, within } from "../support/until.ts";

const test = suite(() => startAllProviders());

const text = ["one ", "two ", "three "];

for (const provider of providerNames) {
  test(`the head of ${provider}'s stream waits for content, and no longer`, async (shared) => {
    const upstream = shared.upstream(provider);
    const asked = upstream.records.length;
    let head: Response | undefined;
    const answer = ask(shared.gateway, provider).then((response) => head = response);
    await until("the provider has been asked", () => upstream.records.length > asked);
    // Whatever the provider has sent is on its way through since before this question.
    await talkers["openai chat"].whole({
      ...{ baseUrl: shared.gateway.url, model: provider, text: "Is it there?" },
    });
    assert.equal(head, undefined);
    upstream.step();
    const response = await within("the head has come", 5_000, answer);
    assert.equal(response.status, 200);
    assert.match(response.headers.get("content-type") ?? "", /^text\/event-stream/);
    for (const _ of text) upstream.step();
    assert.match(await response.text(), /three [^]*data: \[DONE\]\n\n$/);
  });

  for (const client of loopNames) {
    test(`${client} has each piece of ${provider} before the next is sent`, async (shared) => {
      const upstream = shared.upstream(provider);
      const asked = upstream.records.length;
      const pieces = talkers[client].streamed({
        ...{
          baseUrl: shared.gateway.url,
          model: provider,
          text: scripted({ text, stepped: true }),
        },
      })[Symbol.asyncIterator]();
      for (const piece of text) {
        const next = pieces.next();
        await until("the provider has been asked", () => upstream.records.length > asked);
        upstream.step();
        const { value } = await within(`${piece}has come`, 5_000, next);
        assert.equal(value, piece);
      }
      // Google's streams end in an empty text.
      for (let more = await pieces.next(); !more.done; more = await pieces.next()) {
        assert.equal(more.value, "");
      }
    });
  }
}

function ask({ url }: Gateway, model: ProviderName): Promise<Response> {
  const content = scripted({ text, stepped: true });
  return fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model, stream: true, messages: [{ role: "user", content }] }),
  });
}
