import { model, route, testFields } from "./fields.ts";

const policy = (key: string) => route(`"policies": {"ai": {"${key}": HOLE}}`);
const cache = (key: string) => policy("promptCaching").replace("HOLE", `{"${key}": HOLE}`);
const message = policy("prompts").replace("HOLE", '{"prepend": [HOLE]}');

const EMPTY = "must not be empty";
const ROLE = 'expected "system", "developer", "user" or "assistant"';

/** Values of a member that has expressions. */
const EXPRESSIONS = {
  accepted: [{}, { model: "llmRequest.model", "a.b": "1 + 1" }, null],
  refused: {
    [EMPTY]: [{ a: "" }, { "": "1" }],
    "expected a string": [{ a: 1 }, { a: null }, { a: ["1"] }],
    "expected a mapping": ["1", [], ["1"], 1],
  },
};

testFields([
  { name: "transformations", text: policy("transformations"), ...EXPRESSIONS },
  { name: "finalTransformations", text: policy("finalTransformations"), ...EXPRESSIONS },
  { name: "transformation of a model", text: model('"transformation": HOLE'), ...EXPRESSIONS },
  {
    name: "finalTransformation of a model",
    text: model('"finalTransformation": HOLE'),
    ...EXPRESSIONS,
  },
  {
    name: "modelAliases",
    text: policy("modelAliases"),
    accepted: [{}, { a: "b", "*-x-*": "y" }, null],
    refused: {
      [EMPTY]: [{ a: "" }, { "": "a" }],
      "expected a string": [{ a: 1 }, { a: null }],
      "expected a mapping": ["a", []],
    },
  },
  {
    name: "prompts",
    text: policy("prompts"),
    accepted: [{}, { prepend: [], append: [] }, null],
    refused: {
      'unknown key "before"': [{ before: [] }],
      "expected a list": [{ append: { role: "user", content: "a" } }],
    },
  },
  {
    name: "a message of prompts",
    text: message,
    accepted: ["system", "developer", "user", "assistant"].map((role) => ({ role, content: "a" })),
    refused: {
      [ROLE]: ["tool", "System", "", 1].map((role) => ({ role, content: "a" })),
      "required key is missing": [{ role: "user" }, { content: "a" }],
      [EMPTY]: [{ role: "user", content: "" }],
      'unknown key "name"': [{ role: "user", content: "a", name: "b" }],
    },
  },
  {
    name: "promptCaching",
    text: policy("promptCaching"),
    accepted: [{}, null, { cacheSystem: null, minTokens: null }],
    refused: { 'unknown key "cacheSytem"': [{ cacheSytem: true }], "expected a mapping": [true] },
  },
  {
    name: "promptCaching of a model",
    text: model('"promptCaching": HOLE'),
    accepted: [{}, null, { cacheTools: true }],
    refused: { "expected true or false": [{ cacheTools: 1 }] },
  },
  ...["cacheSystem", "cacheMessages", "cacheTools"].map((key) => ({
    name: key,
    text: cache(key),
    accepted: [true, false],
    refused: { "expected true or false": ["true", 0] },
  })),
  ...["minTokens", "cacheMessageOffset"].map((key) => ({
    name: key,
    text: cache(key),
    accepted: [0, 1, 100_000],
    refused: { "expected a whole number of at least 0": [-1, 0.5, "1"] },
  })),
]);
