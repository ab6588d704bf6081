/** What is changed of requests and answers on their way, and what is copied of them. */
import assert from "node:assert/strict";
import OpenAI from "openai";
import { at, type JsonObject } from "../support/json.ts";
import {
  chatRoute,
  officialClients,
  type Place,
  said,
  startPlace,
} from "../support/policy_place.ts";
import { type Recorder, startRecorder } from "../support/recorder.ts";
import { suite } from "../support/suite.ts";
import { until } from "../support/until.ts";

interface Shared extends Place<"gpt"> {
  readonly recorder: Recorder;
  readonly mirror: Recorder;
}

const test = suite(async (): Promise<Shared> => {
  const recorder = await startRecorder();
  const mirror = await startRecorder((exchange) => exchange.wait(Infinity));
  const place = await startPlace<"gpt">([["gpt", "openAI"]], (provider, [port]) => {
    const { host } = recorder;
    const ai = provider("gpt").backend("gpt");
    return {
      gateways: { default: { port } },
      routes: [...rewritingRoutes(host), ...chatRoutes({ ai }, mirror.host)],
    };
  });
  return {
    ...place,
    recorder,
    mirror,
    async [Symbol.asyncDispose]() {
      await place[Symbol.asyncDispose]();
      await recorder[Symbol.asyncDispose]();
      await mirror[Symbol.asyncDispose]();
    },
  };
});

/** Routes to a server that is no model. */
function rewritingRoutes(host: string) {
  const rewritten = (name: string, urlRewrite: object) => ({
    name,
    matches: [{ path: { pathPrefix: `/${name}` } }],
    policies: { urlRewrite },
    backends: [{ host }],
  });
  return [
    rewritten("to-prefix", { path: { prefix: "/v2/x" } }),
    rewritten("to-root", { path: { prefix: "/" } }),
    rewritten("to-full", { path: { full: "/only/this" }, authority: { full: "a.test:81" } }),
    rewritten("to-host", { authority: { host: "b.test" } }),
    rewritten("to-none", { authority: "none" }),
    rewritten("to-auto", { authority: "auto" }),
  ];
}

/** Routes to a model. */
function chatRoutes(gpt: JsonObject, mirror: string) {
  const mirrored = (host: string, percentage = 1) => ({
    requestMirror: { backend: { host }, percentage },
  });
  return [
    chatRoute("plain", {}, gpt),
    chatRoute("team-a/llm", { urlRewrite: { path: { prefix: "/v1" } } }, gpt),
    chatRoute("headers", HEADERS, {
      ...gpt,
      policies: {
        requestHeaderModifier: { set: { "x-backend": "2" } },
        responseHeaderModifier: { add: { "x-from-backend": "yes" } },
      },
    }),
    chatRoute("transformed", { transformations: TRANSFORMATIONS }, {
      ...gpt,
      policies: { transformations: { request: { set: { "x-where": '"backend"' } } } },
    }),
    chatRoute("rewords", { transformations: REWORDS }, gpt),
    chatRoute("mirrored", mirrored(mirror), gpt),
    chatRoute("mirrored-nowhere", mirrored("127.0.0.1:1"), gpt),
    chatRoute("not-mirrored", mirrored(mirror, 0), gpt),
  ];
}

const HEADERS = {
  requestHeaderModifier: {
    add: { "x-added": "1" },
    set: { "x-set": "1" },
    remove: ["x-secret"],
  },
  responseHeaderModifier: {
    add: { "x-answer": "added" },
    set: { "openai-version": "set" },
    remove: ["openai-processing-ms"],
  },
};

const TRANSFORMATIONS = {
  request: {
    metadata: { tier: 'default(request.headers["x-tier"], "free")' },
    set: {
      "x-tier": "metadata.tier",
      "x-where": '"route"',
      "x-fails": "jwt.sub",
      ":path": 'request.path + "?tier=" + metadata.tier',
    },
    remove: ["x-secret"],
  },
  response: {
    set: {
      "x-tier": "metadata.tier",
      ":status": "response.code == 529 ? 503 : response.code",
    },
    remove: ["openai-version"],
  },
};

const REWORDS = {
  request: { body: 'json(request.body).merge({"user": "ada"})' },
  response: { body: 'json(response.body).merge({"id": "new"})' },
};

const question = ({ gateway }: Shared, route: string) => ({
  ...{ baseUrl: `${gateway.url}/${route}`, model: "any", text: "Say: all well" },
});

type Headers = Readonly<Record<string, string>>;

const openAi = ({ gateway }: Shared, route: string, headers: Headers = {}) =>
  new OpenAI({
    ...{ baseURL: `${gateway.url}/${route}/v1`, apiKey: "sk-client", maxRetries: 0 },
    defaultHeaders: { ...headers },
  });

const asked = { model: "any", messages: [{ role: "user" as const, content: "Say: all well" }] };

test("urlRewrite asks another path and tells another host", async (place) => {
  const { host } = place.recorder;
  const own = place.gateway.url.replace("http://", "");
  const rows = [
    ["to-prefix/a/b?c=d", "/v2/x/a/b?c=d", host],
    ["to-prefix", "/v2/x", host],
    ["to-root/a", "/a", host],
    ["to-full/a?c=d", "/only/this?c=d", "a.test:81"],
    ["to-host/a", "/to-host/a", `b.test:${own.split(":")[1]}`],
    ["to-none/a", "/to-none/a", own],
    ["to-auto/a", "/to-auto/a", host],
  ] as const;
  for (const [path, target, told] of rows) {
    const response = await fetch(`${place.gateway.url}/${path}`);
    assert.equal(await response.text(), "recorded");
    const last = place.recorder.requests.at(-1);
    assert.deepEqual([last?.target, last?.headers.get("host")], [target, told]);
  }
});

for (const client of officialClients) {
  for (const stream of [false, true]) {
    const how = `${client}, ${stream ? "streamed" : "buffered"}`;

    test(`${how}: header modifiers change what goes up and comes down`, async (place) => {
      await said(client, question(place, "headers"), stream);
      const { headers } = place.upstream("gpt").last;
      const names = ["x-added", "x-set", "x-backend"];
      assert.deepEqual(names.map((name) => headers.get(name)), ["1", "1", "2"]);
    });

    test(`${how}: a request is neither slowed nor failed by its copy`, async (place) => {
      const gpt = place.upstream("gpt");
      const [copies, before] = [place.mirror.requests.length, gpt.records.length];
      for (const route of ["mirrored", "mirrored-nowhere", "not-mirrored"]) {
        const startedMs = performance.now();
        const text = await said(client, question(place, route), stream);
        const tookMs = performance.now() - startedMs;
        assert.equal(text, await said(client, question(place, "plain"), stream));
        assert.ok(tookMs < 500, `${route} took ${tookMs} ms`);
      }
      assert.equal(gpt.records.length, before + 6);
      await until("it is copied", () => place.mirror.requests.length === copies + 1);
    });
  }
}

test("header modifiers add, set and remove, in streams too", async (place) => {
  const sent = { "x-added": "0", "x-set": "0", "x-secret": "hidden", "x-kept": "0" };
  const client = openAi(place, "headers", sent);
  for (const stream of [false, true]) {
    const { data, response } = await client.chat.completions.create({ ...asked, stream })
      .withResponse();
    if ("controller" in data) await Array.fromAsync(data);
    const { headers } = place.upstream("gpt").last;
    const names = [...Object.keys(sent), "x-backend"];
    assert.deepEqual(names.map((name) => headers.get(name)), ["0, 1", "1", null, "0", "2"]);
    const answer = ["x-answer", "x-from-backend", "openai-version", "openai-processing-ms"];
    assert.deepEqual(
      answer.map((name) => response.headers.get(name)),
      ["added", "yes", "set", null],
    );
  }
});

test("transformations change heads on the way up and down", async (place) => {
  for (const stream of [false, true]) {
    const client = openAi(place, "transformed", {
      "x-tier": "gold",
      "x-secret": "s",
      "x-fails": "x",
    });
    const { data, response } = await client.chat.completions.create({ ...asked, stream })
      .withResponse();
    if ("controller" in data) await Array.fromAsync(data);
    const { headers, query } = place.upstream("gpt").last;
    const names = ["x-tier", "x-where", "x-secret", "x-fails"];
    assert.deepEqual(names.map((name) => headers.get(name)), ["gold", "backend", null, null]);
    assert.equal(query.get("tier"), "gold");
    assert.equal(response.headers.get("x-tier"), "gold");
    assert.equal(response.headers.get("openai-version"), null);
  }
  place.upstream("gpt").next({ fault: { status: 529 } });
  await assert.rejects(
    openAi(place, "transformed").chat.completions.create(asked),
    (error) =>
      error instanceof OpenAI.APIError && error.status === 503 &&
      error.headers.get("x-tier") === "free",
  );
});

test("transformations change bodies on the way up and down", async (place) => {
  const made = await openAi(place, "rewords").chat.completions.create(asked);
  assert.equal(made.id, "new");
  assert.notEqual(made.choices[0]?.message.content, "");
  const { body } = place.upstream("gpt").last;
  assert.deepEqual([at(body, "user"), at(body, "messages")], ["ada", asked.messages]);
});

test("a copy is the client's request without its credentials", async (place) => {
  const before = place.mirror.requests.length;
  await openAi(place, "mirrored", { "x-kept": "yes", cookie: "a=b", "x-api-key": "secret" })
    .chat.completions.create(asked, { query: { api_version: "1", key: "secret" } });
  const copy = await until("it is copied", () => place.mirror.requests[before]);
  assert.equal(copy.method, "POST");
  assert.equal(copy.target, "/mirrored/v1/chat/completions?api_version=1");
  assert.deepEqual(JSON.parse(new TextDecoder().decode(copy.body)), asked);
  assert.equal(copy.headers.get("x-kept"), "yes");
  for (const [name, value] of copy.headers) {
    assert.doesNotMatch(`${name}: ${value}`, /^(authorization|cookie|x-api-key)|secret|sk-client/);
  }
});
