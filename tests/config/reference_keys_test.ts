/**
 * Walks the schema, and offers every object of it the keys that the reference knows for it: each is
 * ours or refused as not supported yet, never taken for a misspelling and never accepted unread.
 */
import assert from "node:assert/strict";
import * as v from "valibot";
import { later, type ReferenceObject, referenceObjects } from "../../src/config/reference_keys.ts";
import { Config } from "../../src/config/schema/index.ts";
import { providerKinds } from "../../src/providers/index.ts";

/** Objects of the providers, which know their later keys themselves. */
const PROVIDER_OBJECTS: Readonly<Record<string, ReferenceObject>> = {
  openAI: "OpenAIProvider",
  anthropic: "AnthropicProvider",
  gemini: "GeminiProvider",
  vertex: "VertexProvider",
  bedrock: "BedrockProvider",
  azure: "AzureProvider",
  custom: "CustomProvider",
};

interface ClosedObject {
  readonly path: string;
  readonly schema: v.GenericSchema;
  readonly keys: readonly string[];
  readonly later: unknown;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function isSchema(value: unknown): value is v.GenericSchema {
  return isRecord(value) && value.kind === "schema";
}

/** Every closed object below a schema, where it is found first. */
function closedObjects(schema: unknown, path = "", seen = new Set<unknown>()): ClosedObject[] {
  if (!isSchema(schema) || seen.has(schema)) return [];
  seen.add(schema);
  const { pipe, wrapped, options, item, entries, value, later }: Record<string, unknown> = {
    ...schema,
  };
  if (Array.isArray(pipe)) return closedObjects(pipe[0], path, seen);
  const found: ClosedObject[] = [];
  if (isRecord(entries)) {
    found.push({ path, schema, keys: Object.keys(entries), later });
    for (const [key, entry] of Object.entries(entries)) {
      found.push(...closedObjects(entry, `${path}.${key}`, seen));
    }
  }
  for (const inner of [wrapped, item, value, ...(Array.isArray(options) ? options : [])]) {
    found.push(...closedObjects(inner, path, seen));
  }
  return found;
}

function nameOf(object: ClosedObject): ReferenceObject | undefined {
  return referenceObjects.find((name) => object.later === later(name));
}

/** Objects that the reference does not have, or does not name. */
const OURS: Readonly<Record<string, string>> = {
  ".config.redis": "limits that gateways share",
  ".config.session": "the key of sessions",
  ".config.state": "what is remembered over a restart",
  ".frontendPolicies.tls": "a reduced form",
  ".llm.models.authorization.rules": "a rule with a kind",
  ".llm.policies.apiKey.keys.budgets": "budgets of a key",
  ".llm.policies.budgets": "budgets",
  ".llm.policies.transformations": "the conditional form",
  ".llm.policies.extAuthz": "the conditional form",
  ".llm.virtualModels.routing.failover.retry": "failover within one request",
  ".policies.target.backend.backend": "the name of a backend",
  ".routes.policies.directResponse": "the conditional form",
  ".routes.policies.localRateLimit": "the conditional form",
  ".routes.policies.remoteRateLimit": "the conditional form",
};

const OBJECTS = closedObjects(Config);

Deno.test("the schema refuses every key of the reference that it does not have", () => {
  for (const object of OBJECTS) {
    const name = nameOf(object);
    if (name === undefined) continue;
    for (const key of later(name)) {
      if (!object.keys.includes(key)) assertLater(object.schema, key, `${name} at ${object.path}`);
    }
  }
});

Deno.test("the schema covers every object of the table of reference keys", () => {
  const found = new Set(OBJECTS.map(nameOf));
  const elsewhere = new Set<string>([
    ...Object.values(PROVIDER_OBJECTS),
    "ProviderFormatConfig",
    "AIProvider",
    "LocalBuiltinModelAIProvider",
    "FileOrInline",
  ]);
  assert.deepEqual(referenceObjects.filter((name) => !found.has(name) && !elsewhere.has(name)), []);
});

Deno.test("the schema has no object that is not compared with the reference", () => {
  const own = OBJECTS.filter((object) => nameOf(object) === undefined).map(({ path }) => path);
  assert.deepEqual(
    own.filter((path) =>
      !/\.provider(?:\.|$)|\.(?:apiKey|key|value)$/.test(path) && !(path in OURS)
    ),
    [],
  );
  assert.deepEqual(Object.keys(OURS).filter((path) => !own.includes(path)), [], "found no more");
});

Deno.test("the providers refuse every key of the reference that they do not have", () => {
  for (const [type, name] of Object.entries(PROVIDER_OBJECTS)) {
    const kind = providerKinds.find((one) => one.type === type);
    const [object] = closedObjects(kind?.settings);
    assert.ok(object, type);
    for (const key of later(name)) {
      if (!object.keys.includes(key)) assertLater(object.schema, key, type);
    }
  }
});

Deno.test("the provider forms know every provider of the reference", () => {
  const forms = OBJECTS.filter(({ path }) => path.endsWith(".provider"));
  assert.equal(forms.length, 3);
  for (const { schema, keys, path } of forms) {
    for (const key of later("AIProvider")) {
      if (!keys.includes(key)) assertLater(schema, key, path);
    }
  }
});

function assertLater(schema: v.GenericSchema, key: string, where: string): void {
  const { issues = [] } = v.safeParse(schema, { [key]: {} });
  const messages = issues.filter(({ path }) => path?.[0]?.key === key).map((issue) =>
    issue.message
  );
  assert.deepEqual(messages, [`not supported yet: ${key}`], where);
}
