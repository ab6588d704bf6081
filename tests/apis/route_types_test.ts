import assert from "node:assert/strict";
import {
  errorShapeFor,
  LLM_ROUTES,
  llmRouteTypes,
  type RouteType,
  routeType,
  routeTypeTable,
} from "../../src/apis/route_types.ts";
import { GatewayError } from "../../src/errors.ts";

const llm = routeTypeTable(LLM_ROUTES);

const PATHS: readonly [string, RouteType][] = [
  ["/v1/chat/completions", "completions"],
  ["/anything/v1/chat/completions", "completions"],
  ["/chat/completions", "passthrough"],
  ["/v1/chat/completions/", "passthrough"],
  ["/v1/messages", "messages"],
  ["/v1/messages/count_tokens", "anthropicTokenCount"],
  ["/v1/responses", "responses"],
  ["/v1/responses/compact", "detect"],
  ["/v1beta/models/g:streamGenerateContent", "generateContent"],
  ["/p/publishers/a/models/c:streamRawPredict", "messages"],
  ["/v2/rerank", "rerank"],
  ["/", "passthrough"],
];

for (const [path, expected] of PATHS) {
  Deno.test(`routeTypeTable() takes ${path} for ${expected}`, () => {
    assert.equal(llm(path), expected);
  });
}

Deno.test("routeTypeTable() takes the longest suffix, then the star, then completions", () => {
  const table = routeTypeTable({ "/b": "models", "/a/b": "passthrough", "*": "messages" });
  assert.deepEqual(["/a/b", "/c/b", "/c"].map(table), ["passthrough", "models", "messages"]);
  assert.deepEqual(["/a/b", "/"].map(routeTypeTable({})), ["completions", "completions"]);
});

const ERROR = new GatewayError("too-large", "too much", { code: "c" });

const SHAPES: readonly [string, unknown][] = [
  ["/v1/chat/completions", {
    error: { message: "too much", type: "invalid_request_error", param: null, code: "c" },
  }],
  ["/v1/messages", { type: "error", error: { type: "request_too_large", message: "too much" } }],
  ["/m:generateContent", {
    error: { code: 413, message: "too much", status: "INVALID_ARGUMENT" },
  }],
];

for (const [path, expected] of SHAPES) {
  Deno.test(`errorShapeFor() words errors as clients of ${path} expect`, () => {
    assert.deepEqual(errorShapeFor(path)(ERROR), expected);
  });
}

Deno.test("writeErrorEvent() is one whole event in the shape of the API", () => {
  const bytes = routeType("completions").api?.writeErrorEvent(
    new GatewayError("upstream-invalid", "line\nbreak"),
  );
  const text = new TextDecoder().decode(bytes);
  assert.match(text, /^data: [^\n]+\n\n$/);
  assert.deepEqual(JSON.parse(text.slice(6)), {
    error: { message: "line\nbreak", type: "api_error", param: null, code: "upstream_invalid" },
  });
});

for (
  const [path, type] of [
    ["/v1/chat/completions", "completions"],
    ["/chat/completions", "completions"],
    ["/v1/chat/completions/", "completions"],
    ["/v1//chat/completions", "completions"],
    ["/V1/Chat/Completions", "completions"],
    ["/v1/chat%2fcompletions", "completions"],
    ["/v1/chat/completions;x", "completions"],
    ["/v1/chat/completions%20", "completions"],
    ["/messages", "messages"],
    ["/v1/images/edits/", "detect"],
    ["/v1beta/models/m%3AgenerateContent", "generateContent"],
    ["/v1/completions", "passthrough"],
    ["/v1/files", "passthrough"],
    ["/", "passthrough"],
    ["/%zz", "passthrough"],
  ] as const
) {
  Deno.test(`llmRouteTypes() takes ${path} for ${type}`, () => {
    assert.equal(llmRouteTypes()(path), type);
  });
}
