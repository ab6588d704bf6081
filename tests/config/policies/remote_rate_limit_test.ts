import assert from "node:assert/strict";
import { complaints } from "../checked.ts";
import { compiled } from "../compiled.ts";

/** Policies of `llm`, from the fourth line on, and what is said of them. */
const CASES: readonly { readonly yaml: string; readonly told: readonly string[] }[] = [
  {
    yaml: `
    remoteRateLimit:
      host: limits
      domain: ""
      descriptors: []
      failureMode: open`,
    told: [
      "5:13: llm.policies.remoteRateLimit.host: must be host:port",
      "6:15: llm.policies.remoteRateLimit.domain: must not be empty",
      "7:20: llm.policies.remoteRateLimit.descriptors: must not be empty",
      '8:20: llm.policies.remoteRateLimit.failureMode: expected "failClosed", "failOpen", ' +
      '"FailClosed" or "FailOpen", found "open"',
    ],
  },
  {
    yaml: `
    remoteRateLimit:
      service: { name: a, port: 1 }
      descriptors:
        - entries: []
          type: token
        - { entries: [{ key: "" }], costs: 1, limitOverride: 7 }
        - { entries: [{ key: a, value: "1", more: 2 }] }`,
    told: [
      "5:7: llm.policies.remoteRateLimit.domain: required key is missing",
      "5:7: llm.policies.remoteRateLimit.service: not supported yet: service",
      "7:20: llm.policies.remoteRateLimit.descriptors[0].entries: must not be empty",
      '8:17: llm.policies.remoteRateLimit.descriptors[0].type: expected "requests" or "tokens", ' +
      'found "token" (did you mean "tokens"?)',
      "9:23: llm.policies.remoteRateLimit.descriptors[1].entries[0].value: required key is missing",
      "9:30: llm.policies.remoteRateLimit.descriptors[1].entries[0].key: must not be empty",
      '9:37: llm.policies.remoteRateLimit.descriptors[1].costs: unknown key "costs" (did you ' +
      "mean cost?)",
      "9:62: llm.policies.remoteRateLimit.descriptors[1].limitOverride: expected a string, found " +
      "7 (put it in quotes)",
      '10:45: llm.policies.remoteRateLimit.descriptors[2].entries[0].more: unknown key "more"',
    ],
  },
  {
    yaml: `
    remoteRateLimit:
      host: limits:8081
      backend: limits
      domain: d
      descriptors: [{ entries: [{ key: a, value: "1" }] }]`,
    told: ["5:7: llm.policies.remoteRateLimit: must have exactly one of host, backend"],
  },
];

Deno.test("the configuration refuses bad settings of remoteRateLimit, with their places", () => {
  for (const { yaml, told } of CASES) {
    assert.deepEqual(complaints(`llm:\n  models: []\n  policies:${yaml}`), told);
  }
});

const LIMIT = {
  host: "limits:8081",
  domain: "d",
  descriptors: [{ entries: [{ key: "a", value: "1" }] }],
};

/** What only compiling tells; the words of the parser of CEL are its own affair. */
const COMPILED: Readonly<Record<string, readonly [object, ...string[]]>> = {
  "an expression that is none, in descriptors": [
    {
      remoteRateLimit: {
        ...LIMIT,
        descriptors: [{ entries: [{ key: "a", value: "1 +" }], cost: "+", limitOverride: "+" }],
      },
    },
    "remoteRateLimit.descriptors[0].entries[0].value",
    "remoteRateLimit.descriptors[0].cost",
    "remoteRateLimit.descriptors[0].limitOverride",
  ],
  "a server that nobody knows": [
    { remoteRateLimit: { ...LIMIT, host: null, backend: "limits" } },
    'remoteRateLimit.backend: no backend with a host is named "limits"',
  ],
  "TLS at an address without a name": [
    { remoteRateLimit: { ...LIMIT, host: "10.0.0.1:443", policies: { backendTLS: {} } } },
    "remoteRateLimit: a gRPC service with TLS at an IP address needs hostname in its backendTLS",
  ],
};

for (const [claim, [policies, ...told]] of Object.entries(COMPILED)) {
  Deno.test(`compile() says where there is ${claim}`, () => {
    const { problems } = compiled({ llm: { models: [], policies } });
    const isWhole = told.some((text) => text.includes(": "));
    const found = isWhole ? problems : problems.map((text) => text.replace(/: .*/s, ""));
    assert.deepEqual(found.sort(), told.map((text) => `llm.policies.${text}`).sort());
  });
}
