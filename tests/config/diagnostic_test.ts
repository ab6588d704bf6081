import assert from "node:assert/strict";
import {
  type Diagnostic,
  formatDiagnostic,
  formatPath,
  sortDiagnostics,
} from "../../src/config/diagnostic.ts";

const diagnostic = { file: "a.yaml", line: 3, column: 7, path: "llm.port", message: "is wrong" };

Deno.test("formatDiagnostic() is file:line:column: path: message", () => {
  assert.equal(formatDiagnostic(diagnostic), "a.yaml:3:7: llm.port: is wrong");
  assert.equal(formatDiagnostic({ ...diagnostic, path: "" }), "a.yaml:3:7: is wrong");
});

Deno.test("formatPath() writes indexes and unusual keys in brackets", () => {
  assert.equal(formatPath([]), "");
  assert.equal(formatPath(["llm", "models", 2, "api-key"]), "llm.models[2].api-key");
  assert.equal(formatPath(["routes", "/v1/x", "a b"]), 'routes["/v1/x"]["a b"]');
  assert.equal(formatPath([0, "x"]), "[0].x");
});

Deno.test("sortDiagnostics() goes by file, line, column and path, and drops doubles", () => {
  const at = (file: string, line: number, column: number, path = ""): Diagnostic => {
    return { file, line, column, path, message: "m" };
  };
  const sorted = [
    at("a", 1, 9),
    at("a", 2, 1),
    at("a", 2, 10),
    at("a", 10, 1, "a"),
    at("a", 10, 1, "b"),
    at("b", 1, 1),
  ];
  assert.deepEqual(sortDiagnostics([...sorted].reverse()), sorted);
  assert.deepEqual(sortDiagnostics([...sorted, ...sorted]), sorted);
});
