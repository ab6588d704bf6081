/** Bad settings of a remote limit, and where they are said to be bad. */
import assert from "node:assert/strict";
import * as v from "valibot";
import { formatPath } from "../../../src/config/diagnostic.ts";
import { RemoteRateLimit } from "../../../src/config/schema/remote_rate_limit.ts";
import { Reports } from "../../../src/policies/rate_limit/reports.ts";
import { compileRemoteRateLimit } from "../../../src/runtime/policies/remote_rate_limit.ts";
import { compileContext } from "../../support/compile_context.ts";

const ENTRY = { key: "k", value: "'v'" };
const WHOLE = { host: "limits:8081", domain: "d", descriptors: [{ entries: [ENTRY] }] };

/** Settings that replace those of a whole policy, and what is wrong with them. */
const CASES: readonly (readonly [Readonly<Record<string, unknown>>, ...string[]])[] = [
  [{}],
  [{ failureMode: "FailOpen" }],
  [{ failureMode: "FailClosed" }],
  [{ host: undefined }, ": must have exactly one of host, backend"],
  [{ backend: "b" }, ": must have exactly one of host, backend"],
  [{ host: undefined, service: {} }, ".service: not supported yet: service"],
  [{ host: "limits" }, ".host: must be host:port"],
  [{ domain: "" }, ".domain: must not be empty"],
  [{ descriptors: [] }, ".descriptors: must not be empty"],
  [{ descriptors: [{ entries: [] }] }, ".descriptors[0].entries: must not be empty"],
  [
    { descriptors: [{ entries: [{ key: "", value: "" }] }] },
    ".descriptors[0].entries[0].key: must not be empty",
    ".descriptors[0].entries[0].value: must not be empty",
  ],
  [
    { descriptors: [{ entries: [ENTRY], type: "bytes" }] },
    '.descriptors[0].type: expected "requests" or "tokens"',
  ],
  [
    { descriptors: [{ entries: [ENTRY], costs: "1" }] },
    '.descriptors[0].costs: unknown key "costs" (did you mean cost?)',
  ],
  [
    { failureMode: "open" },
    '.failureMode: expected "failClosed", "failOpen", "FailClosed" or "FailOpen"',
  ],
];

for (const [settings, ...problems] of CASES) {
  Deno.test(`remoteRateLimit with ${JSON.stringify(settings)} has ${problems.length} problems`, () => {
    assert.deepEqual(problemsOf(settings), problems);
  });
}

Deno.test("remoteRateLimit tells where an expression is none", () => {
  const found = problemsOf({
    descriptors: [{ entries: [{ key: "a", value: "1 +" }], cost: "2 +", limitOverride: "3 +" }],
  });
  assert.deepEqual(found.map((text) => text.replace(/: .*/, "")), [
    ".descriptors[0].entries[0].value",
    ".descriptors[0].cost",
    ".descriptors[0].limitOverride",
  ]);
});

Deno.test("compileRemoteRateLimit() makes a policy for each type that has descriptors", () => {
  const types = (descriptors: readonly unknown[]) =>
    Object.keys(compiled({ ...WHOLE, descriptors })).sort();
  const requests = { entries: [ENTRY] };
  const tokens = { entries: [ENTRY], type: "tokens" };
  assert.deepEqual(types([requests]), ["policy"]);
  assert.deepEqual(types([tokens]), ["modelPolicy"]);
  assert.deepEqual(types([requests, tokens]), ["modelPolicy", "policy"]);
});

const ADDRESS = { host: "limits", port: 8081, headers: {} };

function compiled(settings: unknown, context = compileContext(undefined, ADDRESS)) {
  const parsed = v.parse(RemoteRateLimit, settings);
  return compileRemoteRateLimit(parsed, [], context, { reports: new Reports() });
}

function problemsOf(changes: Readonly<Record<string, unknown>>): readonly string[] {
  const entries = Object.entries({ ...WHOLE, ...changes });
  const settings = Object.fromEntries(entries.filter(([, value]) => value !== undefined));
  const parsed = v.safeParse(RemoteRateLimit, settings);
  if (!parsed.success) {
    return parsed.issues.map(({ path = [], message }) => {
      const keys = path.map(({ key }) => typeof key === "number" ? key : String(key));
      return `${place(keys)}: ${message}`;
    });
  }
  const context = compileContext(undefined, ADDRESS);
  compiled(settings, context);
  return context.problems.map(({ path, message }) => `${place(path)}: ${message}`);
}

function place(path: readonly (string | number)[]): string {
  return path.length === 0 ? "" : `.${formatPath(path)}`;
}
