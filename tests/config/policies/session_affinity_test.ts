import assert from "node:assert/strict";
import { complaints } from "../checked.ts";

const POLICY = (text: string) => `
gateways: {default: {port: 80}}
routes:
- backends:
  - policies:
      sessionAffinity: ${text}
    ai: {groups: [{providers: [{name: a, provider: mock}]}]}
`;

const AT = "routes[0].backends[0].policies.sessionAffinity";

const TABLE: readonly [string, readonly string[]][] = [
  [`{source: 'request.headers["x-session"]'}`, []],
  ["{}", [`6:24: ${AT}.source: required key is missing`]],
  ["{source: ''}", [`6:33: ${AT}.source: must not be empty`]],
  ["{source: 3}", [`6:33: ${AT}.source: expected a string, found 3 (put it in quotes)`]],
  ["{source: x, sources: y}", [
    `6:36: ${AT}.sources: unknown key "sources" (did you mean source?)`,
  ]],
];

for (const [text, expected] of TABLE) {
  Deno.test(`sessionAffinity ${text} ${expected.length === 0 ? "holds" : "is refused"}`, () => {
    assert.deepEqual(complaints(POLICY(text)), expected);
  });
}
