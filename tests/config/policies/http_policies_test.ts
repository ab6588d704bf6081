import assert from "node:assert/strict";
import { complaints } from "../checked.ts";

/** Policies of a route, from the fourth line on, and what is said of them. */
const CASES: readonly { readonly yaml: string; readonly told: readonly string[] }[] = [
  {
    yaml: `
      cors:
        allowOrigins: [https://a.test, a.test]
        maxAge: 600
      csrf:
        additionalOrigins:
          - https://*.a.test`,
    told: [
      '5:40: routes[0].policies.cors.allowOrigins[1]: must be "*" or an origin such as ' +
      "https://app.example.com or https://*.example.com",
      "6:17: routes[0].policies.cors.maxAge: expected a duration such as " +
      '"500ms", "30s" or "1m30s", found 600 (put it in quotes)',
      "9:13: routes[0].policies.csrf.additionalOrigins[0]: must be an origin such as " +
      "https://app.example.com",
    ],
  },
  {
    yaml: `
      transformations:
        conditional:
          - request:
              set:
                content-length: "1"
          - condition: a
            response:
              set:
                ":path": '"/x"'`,
    told: [
      "6:13: routes[0].policies.transformations.conditional[0]: needs a condition: only the last " +
      "entry may be without one",
      "8:17: routes[0].policies.transformations.conditional[0].request.set.content-length: the " +
      "gateway writes this header itself",
      '12:17: routes[0].policies.transformations.conditional[1].response.set[":path"]: must be a ' +
      "header name: letters, digits and -, or :status",
    ],
  },
  {
    yaml: `
      requestRedirect:
        authority: b.test
        status: 200
      urlRewrite:
        path:
          full: /a?b
        authority:
          host: b:80`,
    told: [
      '5:20: routes[0].policies.requestRedirect.authority: expected "auto" or "none", ' +
      'found "b.test"',
      "6:17: routes[0].policies.requestRedirect.status: expected one of 301, 302, 303, 307, 308, " +
      "found 200",
      '9:17: routes[0].policies.urlRewrite.path.full: must be a path that begins with "/", ' +
      "without query or fragment",
      "11:17: routes[0].policies.urlRewrite.authority.host: must be a host name or an IP address, " +
      "without a port",
    ],
  },
  {
    yaml: `
      directResponse:
        status: 204
        body: x
        bodyExpression: "1"
      delay:
        duration: ""
      buffer:
        request:
          maxBytes: 1.5
          failureMod: failOpen
      requestMirror:
        backend: {}
        percentage: 10`,
    told: [
      "6:9: routes[0].policies.directResponse.body: an answer of status 204 has no body",
      "7:9: routes[0].policies.directResponse.bodyExpression: cannot be set together with body: " +
      "an answer has one body",
      "7:9: routes[0].policies.directResponse.bodyExpression: an answer of status 204 has no body",
      "9:19: routes[0].policies.delay.duration: must not be empty",
      "12:21: routes[0].policies.buffer.request.maxBytes: expected a whole number of at least 0, " +
      "found 1.5",
      '13:11: routes[0].policies.buffer.request.failureMod: unknown key "failureMod" (did you mean ' +
      "failureMode?)",
      "15:18: routes[0].policies.requestMirror.backend: must have exactly one of host, backend",
      "16:21: routes[0].policies.requestMirror.percentage: expected a number from 0 to 1, found 10",
    ],
  },
];

for (const [index, { yaml, told }] of CASES.entries()) {
  Deno.test(`HTTP policies are refused with line and column, ${index + 1}`, () => {
    const text = `routes:\n  - name: r\n    policies:${yaml}\n`;
    assert.deepEqual(complaints(text), told);
  });
}
