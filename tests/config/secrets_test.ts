/** A marker is put in every place that holds a secret; no message and no dump may show it. */
import assert from "node:assert/strict";
import { maskSecrets } from "../../src/config/mask.ts";
import { complaints, loaded } from "./checked.ts";

const MARKER = "sk-hush0123";

/** Configurations with a hole where a secret goes. */
const PLACES: Readonly<Record<string, string>> = {
  "apiKey of a model": model("params: {apiKey: HOLE}"),
  "key of a model": model("auth: {key: HOLE}"),
  "placed key of a model": model("auth: {key: {value: HOLE, location: {cookie: {name: k}}}}"),
  "requestHeaders set": model("requestHeaders: {set: {Authorization: HOLE}}"),
  "requestHeaders add": model("requestHeaders: {add: {x-api-key: HOLE}}"),
  "responseHeaders set": model("responseHeaders: {set: {set-cookie: HOLE}}"),
  "apiKey of a provider": provider("params: {apiKey: HOLE}"),
  "key of a provider": provider("defaults: {auth: {key: HOLE}}"),
  "placed key of a provider": provider("defaults: {auth: {key: {value: HOLE}}}"),
  "further secret of a model": model(
    "auth: {credentials: [{location: {header: {name: x}}, key: HOLE}]}",
  ),
  "Google credential of a model": model("auth: {gcp: {credential: HOLE}}"),
  "AWS access key of a model": model(
    "auth: {aws: {accessKeyId: HOLE, secretAccessKey: {file: s}}}",
  ),
  "AWS secret of a model": model("auth: {aws: {accessKeyId: {file: a}, secretAccessKey: HOLE}}"),
  "AWS session token of a route": route(
    "policies: {backendAuth: {aws: {accessKeyId: {file: a}, secretAccessKey: {file: s}, " +
      "sessionToken: HOLE}}}",
  ),
  "Azure secret of a provider": provider(
    "defaults: {auth: {azure: {explicitConfig: {clientSecret: " +
      "{tenant_id: t, client_id: c, client_secret: HOLE}}}}}",
  ),
  "headers of a provider": provider("defaults: {requestHeaders: {set: {x-my-token: HOLE}}}"),
  "key of a route": route("policies: {backendAuth: {key: HOLE}}"),
  "placed key of a route": route("policies: {backendAuth: {key: {value: HOLE}}}"),
  "headers of a route": route("policies: {requestHeaderModifier: {set: {cookie: HOLE}}}"),
  "key of a backend": route('backends: [{host: "a:1", policies: {backendAuth: {key: HOLE}}}]'),
  "key of an AI backend": route(
    "backends: [{ai: {name: a, provider: mock, policies: {backendAuth: {key: HOLE}}}}]",
  ),
  "headers of a named backend":
    'backends:\n- name: b\n  host: "a:1"\n  policies: {requestHeaderModifier: ' +
    "{add: {api-key: HOLE}}}",
  "key of a client": policy("apiKey: {keys: [{key: HOLE}]}"),
  "key of a client at a gateway": "gateways:\n  a:\n    port: 1\n    apiKey: {keys: [{key: HOLE}]}",
  "key of a client in an attached policy":
    "policies:\n- name: {name: p}\n  target: {route: {name: r}}\n  policy:\n" +
    "    apiKey: {keys: [{key: HOLE}]}",
  "passwords of clients": policy("basicAuth: {htpasswd: HOLE}"),
  "secret of a client that logs people in": policy(
    "oidc: {issuer: 'https://i.test', clientId: c, clientSecret: HOLE, " +
      "redirectURI: 'https://g.test/cb'}",
  ),
  "address of Redis": "config: {redis: {url: HOLE}}",
  "key of sessions": "config: {session: {key: HOLE}}",
  "key of a guard": policy(
    "guardrails: {request: [{openAIModeration: {policies: {backendAuth: {key: HOLE}}}}]}",
  ),
  "key of an authorizer": policy(
    "extAuthz: {host: 'a:1', policies: {backendAuth: {key: HOLE}}, protocol: {http: {}}}",
  ),
  "key of a proxy": model(
    "backendTunnel: {proxy: {host: 'p:1'}, policies: {backendAuth: {key: HOLE}}}",
  ),
  "key of a bind": "binds:\n- port: 1\n  listeners:\n  - routes:\n    - policies:\n" +
    "        backendAuth:\n          key: HOLE",
};

function model(rest: string): string {
  return `llm:\n  models:\n  - name: m\n    provider: mock\n    ${rest}`;
}

function policy(rest: string): string {
  return `llm:\n  models: []\n  policies:\n    ${rest}`;
}

function provider(rest: string): string {
  return `llm:\n  models: []\n  providers:\n  - name: p\n    provider: mock\n    ${rest}`;
}

function route(rest: string): string {
  return `routes:\n- name: r\n  ${rest}`;
}

/** Ways to write a secret wrongly. */
const MISTAKES = [
  `[${MARKER}]`,
  `{fiel: ${MARKER}}`,
  `{file: ${MARKER}, more: ${MARKER}}`,
  `{file: [${MARKER}]}`,
  `{value: [${MARKER}]}`,
  `{value: {fiel: ${MARKER}}}`,
  `"${MARKER}\\u0001"`,
  `"${MARKER}`,
  `'${MARKER}`,
  `"\\${MARKER}"`,
  `|${MARKER}`,
  `"a" ${MARKER}`,
  `*${MARKER}`,
  `!${MARKER} x`,
  `!<${MARKER}> x`,
  `@${MARKER}`,
  `%${MARKER}`,
  `{${MARKER}`,
  `${MARKER}: ${MARKER}: x`,
  `&a &${MARKER} x`,
  `\${${MARKER}}`,
];

for (const [place, text] of Object.entries(PLACES)) {
  Deno.test(`no message shows the ${place}`, () => {
    for (const mistake of MISTAKES) {
      const found = complaints(`${text.replace("HOLE", () => mistake)}\nprot: 1`);
      assert.ok(found.length > 0, mistake);
      for (const line of found) assert.ok(!line.includes("hush"), `${mistake} gave ${line}`);
    }
  });

  Deno.test(`maskSecrets() hides the ${place}`, () => {
    const { config } = loaded(text.replace("HOLE", "$KEY"), { KEY: MARKER });
    assert.ok(JSON.stringify(config).includes(MARKER));
    const shown = JSON.stringify(maskSecrets(config));
    assert.ok(!shown.includes(MARKER), shown);
    assert.equal(shown, JSON.stringify(config).replace(MARKER, "<redacted>"));
  });
}

Deno.test("maskSecrets() keeps what is no secret", () => {
  const text = model(
    "params: {apiKey: {file: /run/key}, baseUrl: https://a}\n    " +
      "requestHeaders: {set: {x-team: blue}, remove: [authorization]}\n    " +
      "defaults: {max_tokens: 5, nothing: null, list: [1, {a: b}]}",
  );
  const { config } = loaded(text);
  assert.deepEqual(maskSecrets(config), config);
});

Deno.test("no message shows a secret where a mapping should be", () => {
  const texts = [
    model(`params: ${MARKER}`),
    model(`auth: ${MARKER}`),
    model(`requestHeaders: {set: ${MARKER}}`),
    model(`requestHeaders: {set: [${MARKER}]}`),
    model(`params: {baseUrl: "https://u:${MARKER}@a"}`),
    model(`params: {hostOverride: "u:${MARKER}@a:1"}`),
    model(`params: {pathOverride: "x?key=${MARKER}"}`),
    model(`params: {pathPrefix: "/x?key=${MARKER}"}`),
    `llm: ${MARKER}`,
    MARKER,
  ];
  for (const text of texts) {
    const found = complaints(text);
    assert.ok(found.length > 0, text);
    for (const line of found) assert.ok(!line.includes("hush"), line);
  }
});
