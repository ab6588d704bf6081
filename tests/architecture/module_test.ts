import assert from "node:assert/strict";
import { parseModule, resolve } from "./module.ts";

Deno.test("parseModule() finds static, type, dynamic and re-exported imports", () => {
  const { imports } = parseModule(
    "src/routing/a.ts",
    [
      `import "./b.ts";`,
      `import type { C } from "../chat/c.ts";`,
      `export { d } from "./d.ts";`,
      `const e = await import("./e.ts");`,
      `type F = typeof import("./f.ts");`,
      `import { Hono } from "hono";`,
    ].join("\n"),
  );
  assert.deepEqual(imports, [
    { target: "src/routing/b.ts", line: 1 },
    { target: "src/chat/c.ts", line: 2 },
    { target: "src/routing/d.ts", line: 3 },
    { target: "src/routing/e.ts", line: 4 },
    { target: "src/routing/f.ts", line: 5 },
  ]);
});

Deno.test("resolve() follows a path up to the root", () => {
  assert.equal(resolve("src/cli/run.ts", "../../schema/config.json"), "schema/config.json");
});
