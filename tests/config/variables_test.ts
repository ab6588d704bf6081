import assert from "node:assert/strict";
import { complaints, loaded } from "./checked.ts";

const variables = {
  PORT: "8080",
  WORD: "hush",
  EMPTY: "",
  DIGITS: "123456",
  TRUE: "true",
  LIST: "[1, 2]",
  MAPPING: "a: b # c",
  LATER: "TCP",
};

Deno.test("loadConfig() types a plain scalar again after expansion", () => {
  const text = `
gateways: {a: {port: $PORT}, b: {port: 1$EMPTY}}
config:
  enableIpv6: $TRUE
  backend: {poolMaxSize: "0x1$EMPTY"}
`.replace('"0x1$EMPTY"', "0x1$EMPTY");
  const { config } = loaded(text, variables);
  assert.equal(config.gateways.a?.port, 8_080);
  assert.equal(config.gateways.b?.port, 1);
  assert.equal(config.config.enableIpv6, true);
  assert.equal(config.config.backend.poolMaxSize, 1);
});

Deno.test("loadConfig() leaves quoted and block scalars texts", () => {
  const text = `
llm:
  models:
  - name: m
    provider: mock
    defaults:
      double: "$PORT"
      single: '$PORT'
      block: |-
        $PORT
      plain: $PORT
      price: $$5
      list: $LIST
      mapping: $MAPPING
      "$KEY": a key is never expanded # nor is a comment: $UNSET
`;
  assert.deepEqual(loaded(text, variables).config.llm?.models[0]?.defaults, {
    double: "8080",
    single: "8080",
    block: "8080",
    plain: 8_080,
    price: "$5",
    list: "[1, 2]",
    mapping: "a: b # c",
    $KEY: "a key is never expanded",
  });
});

Deno.test("loadConfig() keeps an empty variable as a text, so that a key cannot vanish", () => {
  const model = (apiKey: string) =>
    `llm:\n  models:\n  - name: m\n    provider: mock\n    params:\n      apiKey: ${apiKey}`;
  assert.deepEqual(complaints(model("$EMPTY"), variables), [
    "6:15: llm.models[0].params.apiKey: must not be empty (it is the value of $EMPTY)",
  ]);
  assert.deepEqual(complaints(model('"$EMPTY"'), variables), [
    "6:15: llm.models[0].params.apiKey: must not be empty (it is the value of $EMPTY)",
  ]);
  const { config } = loaded(model("${NONE:-}"), variables);
  assert.deepEqual(config.llm?.models[0]?.params, {});
});

Deno.test("loadConfig() names the variable instead of its value", () => {
  const cases: readonly [string, string][] = [
    [
      "gateways:\n  a:\n    port: $WORD",
      "3:11: gateways.a.port: expected a whole number from 1 to 65535, found the value of $WORD",
    ],
    [
      'gateways:\n  a:\n    port: "$PORT"',
      "3:11: gateways.a.port: expected a whole number from 1 to 65535, " +
      "found the value of $PORT (drop the quotes)",
    ],
    [
      "gateways:\n  a: ${WORD}$EMPTY",
      "2:6: gateways.a: expected a mapping, found the value of $WORD and $EMPTY",
    ],
    [
      "gateways:\n  a:\n    port: 1\n    protocol: $LATER",
      "4:15: gateways.a.protocol: not supported yet: the value of $LATER",
    ],
    [
      "config:\n  logging:\n    format: $WORD",
      '3:13: config.logging.format: expected "text" or "json", found the value of $WORD',
    ],
    [
      "backends:\n- name: b\n  host: $WORD",
      "3:9: backends[0].host: must be host:port (it is the value of $WORD)",
    ],
    [
      "llm:\n  models:\n  - name: m\n    provider: mock\n    params:\n      apiKey: $DIGITS",
      "6:15: llm.models[0].params.apiKey: must be a string or {file: path} " +
      "(it is the value of $DIGITS; put it in quotes)",
    ],
    ["porrt: $WORD", '1:1: porrt: unknown key "porrt"'],
  ];
  for (const [text, expected] of cases) {
    assert.deepEqual(complaints(text, variables), [expected], text);
  }
});

Deno.test("loadConfig() reports variables beside the mistakes of the schema", () => {
  const text = `
gateways: {a: {port: $UNSET}}
config: {adminAddr: $SEALED, statsAddr: "\${broken", porrt: $UNSET}
`;
  assert.deepEqual(complaints(text, { SEALED: new Error("not allowed") }), [
    "2:22: gateways.a.port: environment variable UNSET is not set " +
    "(use ${UNSET:-default} to give a default)",
    "3:21: config.adminAddr: environment variable SEALED may not be read; " +
    "allow it with --allow-env=SEALED",
    "3:41: config.statsAddr: must have the form ${NAME} or ${NAME:-default}; " +
    "write $$ for a dollar sign",
    '3:53: config.porrt: unknown key "porrt"',
    "3:60: config.porrt: environment variable UNSET is not set " +
    "(use ${UNSET:-default} to give a default)",
  ]);
});

Deno.test("loadConfig() reports a variable once where its scalar is used by aliases", () => {
  const text = "config: {adminAddr: &a $UNSET, statsAddr: *a, readinessAddr: *a}";
  assert.equal(complaints(text).length, 1);
});
