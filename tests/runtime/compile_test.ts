import assert from "node:assert/strict";
import { compiled, oneModel, oneRoute, openAi, routeOf, targetOf } from "../config/compiled.ts";

const FILE = { file: "key" };

function sent(config: object, files: Readonly<Record<string, string>>): string | null {
  const { snapshot, problems } = compiled(config, files);
  assert.deepEqual(problems, []);
  const headers = {};
  targetOf(snapshot, "m").credential?.apply(headers);
  return new Headers(headers).get("authorization");
}

Deno.test("compile() reads secrets from files and trims them, wherever they stand", () => {
  const files = { key: "\n s3cret\r\n" };
  for (
    const config of [
      oneModel({ params: { apiKey: FILE } }),
      oneModel({ auth: { key: FILE } }),
      oneModel({ auth: { key: { value: FILE } } }),
      oneRoute(openAi(), { policies: { backendAuth: { key: FILE } } }),
    ]
  ) assert.equal(sent(config, files), "Bearer s3cret");
  assert.equal(sent(oneModel({ params: { apiKey: "  s  " } }), {}), "Bearer s");
  assert.deepEqual(compiled(oneModel({ params: { apiKey: FILE } }), files).read, ["key"]);
});

const PROBLEMS: readonly [string, object, Record<string, string>, RegExp][] = [
  [
    "a missing file",
    oneModel({ params: { apiKey: FILE } }),
    {},
    /^llm\.models\[0\]\.params\.apiKey\.file: cannot read the file: .*not there/,
  ],
  [
    "an empty file",
    oneModel({ params: { apiKey: FILE } }),
    { key: " \n" },
    /^llm\.models\[0\]\.params\.apiKey: must not be empty/,
  ],
  [
    "a key of two lines",
    oneModel({ params: { apiKey: FILE } }),
    { key: "SECRET\n2" },
    /^llm\.models\[0\]\.params\.apiKey: must be printable ASCII/,
  ],
  [
    "a bad key of the backend",
    oneRoute({ ...openAi(), policies: { backendAuth: { key: { value: FILE } } } }),
    {},
    /^binds\[0\]\.listeners\[0\]\.routes\[0\]\.backends\[0\]\.policies\.backendAuth\.key\.value\.file: /,
  ],
  [
    "a bad key of a provider",
    oneModel({ provider: { reference: "p" } }, {
      providers: [{ name: "p", provider: "openAI", params: { apiKey: FILE } }],
    }),
    {},
    /^llm\.providers\[0\]\.params\.apiKey\.file: /,
  ],
];

for (const [claim, config, files, expected] of PROBLEMS) {
  Deno.test(`compile() says where there is ${claim}, without its value`, () => {
    const { problems, snapshot, read } = compiled(config, files);
    assert.equal(snapshot, undefined);
    assert.equal(problems.length, 1, problems.join("\n"));
    assert.match(problems[0] ?? "", expected);
    assert.doesNotMatch(problems.join(), /SECRET/);
    assert.deepEqual(read, ["key"]);
  });
}

Deno.test("compile() reports all problems at once", () => {
  const models = ["a", "b"].map((name) => ({ name, provider: "openAI", params: { apiKey: FILE } }));
  assert.equal(compiled({ llm: { models } }).problems.length, 2);
});

Deno.test("compile() gives a host backend its origin and endpoint", () => {
  const { snapshot } = compiled(oneRoute({ host: "h.test:81", policies: { backendTLS: {} } }));
  const backend = routeOf(snapshot, 1)?.backends[0]?.backend;
  assert.equal(backend?.type, "host");
  if (backend?.type !== "host") return;
  assert.deepEqual([backend.upstream.origin, backend.upstream.endpoint, backend.upstream.name], [
    "https://h.test:81",
    "h.test:81",
    "h.test:81",
  ]);
});

Deno.test("compile() keeps weights, hidden models and conditions on headers", () => {
  const { snapshot } = compiled({
    llm: {
      models: [
        { name: "m", provider: "mock", visibility: "internal" },
        {
          name: "m",
          provider: "mock",
          params: { model: "conditional" },
          matches: [{ headers: [{ name: "x-a", value: { exact: "1" } }] }],
        },
        { name: "m*", provider: "mock", params: { model: "rest" } },
      ],
    },
  });
  assert.equal(targetOf(snapshot, "m").model, "rest");
  const backend = routeOf(snapshot, 4000)?.backends[0]?.backend;
  assert.deepEqual(
    backend?.type === "models"
      ? backend.models.list((name) => [name], { allowed: () => true })
      : [],
    ["m", "m*"],
  );
  assert.equal(backend?.type === "models" ? backend.createdAtS : 0, 42);
});

Deno.test("compile() names an upstream of the llm section by id, or name and place in the order", () => {
  const { snapshot } = compiled({
    llm: {
      models: [
        { name: "a*", provider: "mock" },
        { name: "abc", provider: "mock" },
        { name: "b", id: "x", provider: "mock" },
      ],
    },
  });
  assert.deepEqual(["a", "abc", "b"].map((name) => targetOf(snapshot, name).name), [
    "llm:model:a*:1",
    "llm:model:abc:0",
    "llm:model:x",
  ]);
});
