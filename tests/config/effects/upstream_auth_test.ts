/** Every form of `backendAuth` shows an upstream who the gateway is, as it says. */
import assert from "node:assert/strict";
import { type Servers, tried } from "./tried.ts";

const SECRET_FILE = Deno.makeTempFileSync({ prefix: "agentgateway-secret-" });
Deno.writeTextFileSync(SECRET_FILE, "of-a-file\n");
globalThis.addEventListener("unload", () => Deno.removeSync(SECRET_FILE));

const model = ({ upstream }: Servers, auth: object) => ({
  llm: {
    models: [{
      name: "m",
      provider: { custom: { formats: [{ type: "completions" }] } },
      params: { hostOverride: upstream },
      auth,
    }],
  },
});

interface Case {
  readonly auth: object;
  /** What of the request has it. */
  readonly shown: Readonly<Record<string, string>>;
  readonly target?: string;
}

const IN_HEADER = { header: { name: "x-key", prefix: "Key " } };
const IN_QUERY = { queryParameter: { name: "key" } };
const IN_COOKIE = { cookie: { name: "session" } };

const CASES: Readonly<Record<string, Case>> = {
  "a key": { auth: { key: "k1" }, shown: { authorization: "Bearer k1" } },
  "a key in a file": {
    auth: { key: { file: SECRET_FILE } },
    shown: { authorization: "Bearer of-a-file" },
  },
  "a key with its value": { auth: { key: { value: "k2" } }, shown: { authorization: "Bearer k2" } },
  "a key in a header": {
    auth: { key: { value: "k3", location: IN_HEADER } },
    shown: { "x-key": "Key k3" },
  },
  "a key in the query": {
    auth: { key: { value: "k4", location: IN_QUERY } },
    shown: {},
    target: "/v1/chat/completions?key=k4",
  },
  "a key in a cookie": {
    auth: { key: { value: "k5", location: IN_COOKIE } },
    shown: { cookie: "session=k5" },
  },
  "further secrets": {
    auth: {
      key: "k6",
      credentials: [{ location: IN_HEADER, key: "k7" }, {
        location: IN_QUERY,
        key: { file: SECRET_FILE },
      }],
    },
    shown: { authorization: "Bearer k6", "x-key": "Key k7" },
    target: "/v1/chat/completions?key=of-a-file",
  },
};

for (const [name, { auth, shown, target = "/v1/chat/completions" }] of Object.entries(CASES)) {
  Deno.test(`an upstream is shown ${name}`, async () => {
    const { sent: [first] } = await tried(
      (servers) => model(servers, auth),
      [{ headers: { authorization: "Bearer of-the-client" } }],
    );
    assert.ok(first);
    assert.equal(first.target, target);
    for (const [header, value] of Object.entries(shown)) {
      assert.equal(first.headers.get(header), value);
    }
  });
}
