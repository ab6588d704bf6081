/** Tool schemas as the SDKs of MCP servers write them. */
export const MCP_CORPUS: Readonly<Record<string, unknown>> = {
  "zod: a file reader": {
    $schema: "http://json-schema.org/draft-07/schema#",
    type: "object",
    properties: {
      path: { type: "string", minLength: 1 },
      head: { type: "number", description: "First N lines", exclusiveMinimum: 0 },
      limit: { type: "integer", exclusiveMinimum: 0, maximum: 9007199254740991 },
      edits: {
        type: "array",
        items: {
          type: "object",
          properties: { oldText: { type: "string" }, newText: { type: "string" } },
          required: ["oldText", "newText"],
          additionalProperties: false,
        },
        minItems: 1,
      },
      dryRun: { type: "boolean", default: false },
    },
    required: ["path", "edits"],
    additionalProperties: false,
  },
  "pydantic: optional and nested models": {
    $defs: {
      Address: {
        properties: {
          street: { title: "Street", type: "string" },
          zip: { anyOf: [{ type: "string" }, { type: "integer" }], title: "Zip" },
        },
        required: ["street"],
        title: "Address",
        type: "object",
      },
      Color: { enum: ["red", "green"], title: "Color", type: "string" },
    },
    properties: {
      home: { $ref: "#/$defs/Address", description: "Where to" },
      work: { anyOf: [{ $ref: "#/$defs/Address" }, { type: "null" }], default: null },
      color: { allOf: [{ $ref: "#/$defs/Color" }], default: "red" },
      tags: {
        anyOf: [{ items: { type: "string" }, type: "array", uniqueItems: true }, { type: "null" }],
        default: null,
        title: "Tags",
      },
      scores: { additionalProperties: { type: "number" }, title: "Scores", type: "object" },
      pair: {
        maxItems: 2,
        minItems: 2,
        prefixItems: [{ type: "number" }, { type: "string" }],
        type: "array",
      },
    },
    required: ["home"],
    title: "orderArguments",
    type: "object",
  },
  "zod: a recursive filter": {
    type: "object",
    properties: { filter: { $ref: "#/definitions/Filter" } },
    definitions: {
      Filter: {
        oneOf: [
          { type: "object", properties: { property: { type: "string" }, equals: {} } },
          {
            type: "object",
            properties: { and: { type: "array", items: { $ref: "#/definitions/Filter" } } },
            required: ["and"],
          },
        ],
      },
    },
  },
  "a tagged union at the top": {
    type: "object",
    oneOf: [
      {
        properties: { action: { const: "create" }, title: { type: "string" } },
        required: ["action", "title"],
      },
      {
        properties: { action: { const: "delete" }, id: { type: ["integer", "string"] } },
        required: ["action", "id"],
      },
    ],
    discriminator: { propertyName: "action" },
  },
  "one of two arguments": {
    type: "object",
    properties: { url: { type: "string", format: "uri" }, ref: { type: "string" } },
    anyOf: [{ required: ["url"] }, { required: ["ref"] }],
    dependentRequired: { ref: ["url"] },
  },
  "no arguments": { type: "object", properties: {} },
  "no schema at all": {},
  "conditions": {
    type: "object",
    properties: {
      kind: { enum: ["a", "b", null] },
      level: { enum: [1, 2, 3] },
      on: { const: true },
      code: { type: "string", pattern: "^[a-z]+$", contentEncoding: "base64" },
      anything: {},
      any: true,
      list: { type: "array" },
      amount: { type: ["number", "string", "null"], multipleOf: 0.01, description: "how much" },
      when: { type: "string", format: "date-time", examples: ["2024-01-01T00:00:00Z"] },
      $ref: { type: "string", description: "a property of that name" },
      definitions: { type: "string" },
    },
    if: { properties: { kind: { const: "a" } } },
    then: { required: ["code"] },
    else: { required: ["level"] },
    not: { required: ["any"] },
    patternProperties: { "^x-": { type: "string" } },
    propertyNames: { pattern: "^[a-z]" },
    required: ["kind", "unheard"],
    unevaluatedProperties: false,
    "x-order": 1,
  },
  "openapi: types in the old way": {
    type: "OBJECT",
    nullable: true,
    properties: {
      id: { type: "INTEGER", format: "int64", minimum: 0, exclusiveMinimum: true },
      blob: { type: "string", format: "binary", deprecated: true },
      odd: { type: "any" },
    },
  },
  "a document that refers to its own parts": {
    type: "object",
    properties: {
      from: { type: "object", properties: { lat: { type: "number" } }, required: ["lat"] },
      to: { $ref: "#/properties/from" },
      missing: { $ref: "https://example.com/schema.json#/definitions/None" },
      inner: {
        type: "object",
        properties: { x: { $ref: "#/$defs/Own" } },
        $defs: { Own: { type: "string" } },
      },
      self: { $ref: "#" },
    },
  },
};
