import assert from "node:assert/strict";
import { filledPage, pages, readSchema } from "../scripts/generate_policy_docs.ts";

const ROOT = new URL("../", import.meta.url);

const SCHEMA = {
  properties: {
    routes: { items: { properties: { limit: { $ref: "#/$defs/Limit" } } } },
    names: { type: "object", additionalProperties: { type: "string" } },
  },
  $defs: {
    Limit: {
      anyOf: [
        {
          type: "object",
          properties: {
            most: { type: "integer", description: "The most,\nby far." },
            mode: { enum: ["a", "b"], default: "a", description: "a | b" },
            hosts: { type: "array", items: { type: "string" }, default: [] },
            at: { anyOf: [{ type: "string" }, { $ref: "#/$defs/At" }] },
            keys: { type: "array", items: { $ref: "#/$defs/At" } },
            by: { type: "object", additionalProperties: { $ref: "#/$defs/At" } },
            backendAuth: { $ref: "#/$defs/At" },
            rest: {},
          },
          required: ["most"],
        },
        { type: "object", properties: { conditional: { type: "array" } } },
      ],
    },
    At: {
      type: "object",
      description: "A place.",
      properties: { x: { type: "boolean", description: "Where." } },
    },
  },
};

const page = (path: string, table = "") =>
  `a\n\n<!-- fields: ${path} -->${table}\n<!-- end -->\n\nb\n`;

Deno.test("filledPage() writes the fields of a path", () => {
  const { text, problems } = filledPage(page("routes[].limit", "\nold\n"), SCHEMA);
  assert.deepEqual(problems, []);
  assert.equal(
    text,
    `a

<!-- fields: routes[].limit -->

| Field         | Type             | Default  | Description       |
| ------------- | ---------------- | -------- | ----------------- |
| \`most\`        | integer          | required | The most, by far. |
| \`mode\`        | \`a\` or \`b\`       | \`"a"\`    | a \\| b            |
| \`hosts\`       | list of string   |          |                   |
| \`at\`          | string or object |          |                   |
| \`at.x\`        | boolean          |          | Where.            |
| \`keys\`        | list of object   |          |                   |
| \`keys[].x\`    | boolean          |          | Where.            |
| \`by\`          | map of object    |          |                   |
| \`by.*.x\`      | boolean          |          | Where.            |
| \`backendAuth\` | object           |          | A place.          |
| \`rest\`        | any              |          |                   |

Or \`{conditional: [...]}\` with entries of these fields and a \`condition\`.

<!-- end -->

b
`,
  );
});

Deno.test("filledPage() changes nothing the second time", () => {
  const { text } = filledPage(page("routes[].limit"), SCHEMA);
  assert.deepEqual(filledPage(text, SCHEMA), { text, problems: [] });
});

const MISSING: Readonly<Record<string, string>> = {
  "routes[].limti": "routes[] has no limti (did you mean limit?)",
  "route[].limit": "the configuration has no route (did you mean routes?)",
  "routes.limit": "routes has no limit",
  "names[]": "names is no list",
  "routes[].limit.*": "routes[].limit is no map",
  "routes[].limit.keys[].y": "routes[].limit.keys[] has no y",
};

Deno.test("filledPage() tells which path it does not find, and leaves its table", () => {
  for (const [path, message] of Object.entries(MISSING)) {
    const text = page(path, "\nold\n");
    assert.deepEqual(filledPage(text, SCHEMA), { text, problems: [{ line: 3, message }] });
  }
});

Deno.test("filledPage() wants an end for every table", () => {
  const text = `<!-- fields: names -->\n\n${page("names.*")}`;
  const { problems } = filledPage(text, SCHEMA);
  assert.deepEqual(problems, [{ line: 1, message: "the table has no <!-- end -->" }]);
  assert.equal(filledPage("<!-- fields: names -->\n", SCHEMA).problems.length, 1);
});

Deno.test("the tables of fields in docs/ are those of the schema", () => {
  const schema = readSchema();
  const stale = pages().flatMap((name) => {
    const text = Deno.readTextFileSync(new URL(name, ROOT));
    const filled = filledPage(text, schema);
    const problems = filled.problems.map(({ line, message }) => `${name}:${line}: ${message}`);
    return filled.text === text ? problems : [...problems, `${name} is stale`];
  });
  assert.deepEqual(stale, [], "write them with scripts/generate_policy_docs.ts");
});
