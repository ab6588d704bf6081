import assert from "node:assert/strict";
import { messages, postChat } from "../support/chat_fixture.ts";
import { temporaryFile } from "../support/config_file.ts";
import { readError } from "../support/error_shape.ts";
import { Gateway, type GatewayOptions } from "../support/gateway.ts";
import { at, isObject } from "../support/json.ts";
import { Upstream, type UpstreamRecord } from "../support/openai_upstream.ts";

interface Sent {
  readonly response: Response;
  readonly text: string;
  readonly record: UpstreamRecord;
}

interface Place {
  readonly gateway: Gateway;
  readonly upstream: Upstream;
  ask(
    model: string,
    more?: Readonly<Record<string, unknown>>,
    headers?: HeadersInit,
  ): Promise<Sent>;
}

/** Declares a test with a gateway of its own for a config that names the stand-in. */
function testConfig(
  name: string,
  yaml: (upstream: string, port: number) => string,
  check: (place: Place) => Promise<void>,
  options: Omit<GatewayOptions, "yaml"> = {},
): void {
  Deno.test(name, async () => {
    await using upstream = await Upstream.start({ lenient: true });
    await using gateway = await Gateway.start({
      ...options,
      yaml: (port = 0) => yaml(`127.0.0.1:${upstream.sockets.port}`, port),
    });
    const ask: Place["ask"] = async (model, more = {}, headers = {}) => {
      const response = await postChat(gateway, { model, messages, ...more }, { headers });
      const text = await response.text();
      assert.equal(response.status, 200, text);
      return { response, text, record: upstream.last };
    };
    await check({ gateway, upstream, ask });
  });
}

function bearer({ record }: Sent): string | null {
  return record.request.headers.get("authorization");
}

testConfig(
  "the llm form of the documentation works as written there",
  (upstream, port) => `
llm:
  port: ${port}
  models:
  - name: "*"
    provider: openAI
    params:
      apiKey: "$OPENAI_API_KEY"
      baseUrl: "http://${upstream}/v1"
`,
  async ({ ask }) => {
    const sent = await ask("gpt-4o");
    assert.equal(bearer(sent), "Bearer sk-from-environment");
    assert.equal(sent.record.request.target, "/v1/chat/completions");
    assert.equal(at(sent.record.json, "model"), "gpt-4o");
  },
  { environment: { OPENAI_API_KEY: "sk-from-environment" } },
);

testConfig(
  "the binds form of the documentation works as written there",
  (upstream, port) => `
binds:
- port: ${port}
  listeners:
  - routes:
    - backends:
      - ai:
          name: openai
          hostOverride: "${upstream}"
          provider:
            openAI: {}
      policies:
        ai:
          routes:
            "/v1/chat/completions": "completions"
        backendAuth:
          key: "$OPENAI_API_KEY"
`,
  async ({ ask, gateway }) => {
    assert.equal(bearer(await ask("gpt-4o")), "Bearer sk-from-environment");
    const line = await gateway.accessLog({ "http.status": 200 });
    assert.equal(line.protocol, "llm");
    assert.equal(line["gen_ai.usage.output_tokens"], 14);
  },
  { environment: { OPENAI_API_KEY: "sk-from-environment" } },
);

testConfig(
  "secrets come from variables, defaults and files, and comments are not expanded",
  (upstream, port) => `
# apiKey: $NOT_SET_ANYWHERE
llm:
  port: ${port}
  models:
  - name: braces
    provider: openAI
    params: {apiKey: "\${AGENTGATEWAY_TEST_KEY}", baseUrl: "http://${upstream}"}
  - name: default
    provider: openAI
    params: {apiKey: "\${AGENTGATEWAY_NOT_SET:-sk-default}", baseUrl: "http://${upstream}"}
  - {name: dollar, provider: openAI, params: {apiKey: "a$$b", baseUrl: "http://${upstream}"}}
  - name: file
    provider: openAI
    params:
      apiKey: {file: "$AGENTGATEWAY_KEY_FILE"} # a comment with $NOT_SET_EITHER
      baseUrl: "http://${upstream}"
`,
  async ({ ask }) => {
    assert.equal(bearer(await ask("braces")), "Bearer sk-a");
    assert.equal(bearer(await ask("default")), "Bearer sk-default");
    assert.equal(bearer(await ask("dollar")), "Bearer a$b");
    assert.equal(bearer(await ask("file")), "Bearer sk-of-file");
  },
  {
    environment: {
      AGENTGATEWAY_TEST_KEY: "sk-a",
      AGENTGATEWAY_KEY_FILE: temporaryFile("\n  sk-of-file \n"),
    },
  },
);

testConfig(
  "baseUrl and its deprecated parts decide the upstream path",
  (upstream, port) => `
llm:
  port: ${port}
  models:
  - {name: base, provider: openAI, params: {baseUrl: "http://${upstream}/api/v9/"}}
  - {name: host, provider: openAI, params: {hostOverride: "${upstream}"}}
  - {name: prefix, provider: openAI, params: {hostOverride: "${upstream}", pathPrefix: /deep}}
  - name: whole
    provider: openAI
    params: {hostOverride: "${upstream}", pathOverride: /x/chat/completions}
`,
  async ({ gateway, upstream }) => {
    const targets = [];
    for (const model of ["base", "host", "prefix", "whole"]) {
      const response = await fetch(`${gateway.url}/own/v1/chat/completions?q=1`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ model, messages }),
      });
      assert.equal(response.status, 200, await response.text());
      targets.push(upstream.last.request.target);
    }
    assert.deepEqual(targets, [
      "/api/v9/chat/completions?q=1",
      "/v1/chat/completions?q=1",
      "/deep/chat/completions?q=1",
      "/x/chat/completions?q=1",
    ]);
  },
);

testConfig(
  "the most literal name wins, ties go to the first in the file",
  (upstream, port) => {
    const entry = (name: string, model: string) =>
      `  - {name: "${name}", provider: openAI, ` +
      `params: {model: ${model}, baseUrl: "http://${upstream}"}}\n`;
    return `llm:\n  port: ${port}\n  models:\n` + entry("*", "m-any") + entry("gpt-*", "m-gpt") +
      entry("gpt-4o", "m-exact") + entry("*-mini", "m-mini") + entry("tie*", "m-tie-first") +
      entry("tie", "m-tie-second");
  },
  async ({ ask }) => {
    const expected = {
      "gpt-4o": "m-exact",
      "gpt-5": "m-gpt",
      "gpt-": "m-gpt",
      "gpt-4o-mini": "m-mini",
      "llama-mini": "m-mini",
      "claude": "m-any",
      "GPT-4o": "m-any",
      "tie": "m-tie-first",
    };
    for (const [name, model] of Object.entries(expected)) {
      assert.equal(at((await ask(name)).record.json, "model"), model, name);
    }
  },
);

testConfig(
  "matches on headers choose between entries of one name",
  (upstream, port) => `
llm:
  port: ${port}
  models:
  - name: m
    provider: openAI
    params: {model: m-engineering, baseUrl: "http://${upstream}"}
    matches:
    - headers:
      - {name: x-org, value: {exact: engineering}}
      - {name: x-tier, value: {regex: "gold|silver"}}
    - headers: [{name: x-all, value: {exact: "yes"}}]
  - name: m
    provider: openAI
    params: {model: m-rest, baseUrl: "http://${upstream}"}
`,
  async ({ ask }) => {
    const rows: [HeadersInit, string][] = [
      [{ "x-org": "engineering", "x-tier": "gold" }, "m-engineering"],
      [{ "x-org": "engineering", "x-tier": "golden" }, "m-rest"],
      [{ "x-org": "engineering" }, "m-rest"],
      [{ "x-all": "yes" }, "m-engineering"],
      [{}, "m-rest"],
    ];
    for (const [headers, model] of rows) {
      const sent = await ask("m", {}, headers);
      assert.equal(at(sent.record.json, "model"), model, JSON.stringify(headers));
    }
  },
);

testConfig(
  "an internal model is neither listed nor served",
  (upstream, port) => `
llm:
  port: ${port}
  models:
  - {name: hidden, visibility: internal, provider: openAI, params: {baseUrl: "http://${upstream}"}}
  - {name: "shown*", provider: openAI, params: {baseUrl: "http://${upstream}"}}
`,
  async ({ ask, gateway }) => {
    await ask("shown");
    const error = await readError(await postChat(gateway, { model: "hidden", messages }));
    assert.deepEqual([error.status, error.code], [404, "model_not_found"]);
    for (const path of ["/v1/models", "/models", "/v1/models/", "/v1/models/shown"]) {
      const list: unknown = await (await fetch(`${gateway.url}${path}`)).json();
      assert.equal(at(list, "object"), "list", path);
      assert.equal(at(list, "data", 0, "id"), "shown*", path);
      assert.equal(at(list, "data", 1), undefined, path);
    }
  },
);

testConfig(
  "defaults fill gaps, overrides win, headers are edited both ways",
  (upstream, port) => `
llm:
  port: ${port}
  models:
  - name: m
    provider: openAI
    params: {apiKey: sk-x, baseUrl: "http://${upstream}"}
    defaults: {temperature: 0.25, user: nobody}
    overrides: {max_tokens: 50, stop: [a, b], metadata: {team: red}}
    requestHeaders: {add: {x-added: one}, set: {x-set: two}, remove: [x-secret]}
    responseHeaders:
      add: {x-added-back: three}
      set: {openai-version: four}
      remove: [openai-processing-ms]
`,
  async ({ ask }) => {
    const more = { temperature: 1, max_tokens: 9000, metadata: { team: "blue" } };
    const headers = { "x-secret": "s", "x-set": "client", "x-added": "zero" };
    const { record, response } = await ask("m", more, headers);
    assert.ok(isObject(record.json));
    const { messages: _, model: __, ...rest } = record.json;
    assert.deepEqual(rest, {
      temperature: 1,
      user: "nobody",
      max_tokens: 50,
      stop: ["a", "b"],
      metadata: { team: "red" },
    });
    const seen = record.request.headers;
    assert.deepEqual(
      [seen.get("x-secret"), seen.get("x-set"), seen.get("x-added")],
      [null, "two", "zero, one"],
    );
    assert.deepEqual(
      ["x-added-back", "openai-version", "openai-processing-ms"]
        .map((name) => response.headers.get(name)),
      ["three", "four", null],
    );
  },
);
