/**
 * Writes schema/config.json, the schema that editors read, from the one that the gateway reads.
 *
 * With `--check` it writes nothing and fails when the file is stale.
 */
import { toJsonSchema } from "@valibot/to-json-schema";
import { BackendAuth } from "../src/config/schema/auth.ts";
import { HeaderMatch, RouteMatch } from "../src/config/schema/matches.ts";
import { BackendTls } from "../src/config/schema/backend_tls.ts";
import { RouteBackend } from "../src/config/schema/backends.ts";
import { Config } from "../src/config/schema/index.ts";
import { shareDefinitions } from "./share_definitions.ts";
import { providerKinds } from "../src/providers/index.ts";

const FILE = new URL("../schema/config.json", import.meta.url);

/** Parts that would otherwise be repeated at every use. */
const DEFINITIONS = {
  BackendAuth,
  BackendTls,
  HeaderMatch,
  RouteBackend,
  RouteMatch,
  ...Object.fromEntries(providerKinds.map(({ type, settings }) => [`provider.${type}`, settings])),
};

/** The schema of the configuration file, as JSON Schema. */
export function configJsonSchema(): string {
  const schema = toJsonSchema(Config, {
    typeMode: "input",
    target: "draft-07",
    definitions: DEFINITIONS,
    ignoreActions: ["check", "raw_check"], // rules that an editor cannot know
    overrideAction: ({ valibotAction, jsonSchema }) => {
      if (valibotAction.type !== "exactly_one_of") return undefined;
      return {
        ...jsonSchema,
        oneOf: requiredKeys(valibotAction).map((key) => ({ required: [key] })),
      };
    },
  });
  const shared = shareDefinitions(JSON.parse(JSON.stringify(schema)));
  return `${JSON.stringify(shared, null, 2)}\n`;
}

function requiredKeys(action: object): readonly string[] {
  const keys = "requirement" in action ? action.requirement : undefined;
  return Array.isArray(keys) ? keys.filter((key) => typeof key === "string") : [];
}

async function main(): Promise<number> {
  const schema = configJsonSchema();
  if (!Deno.args.includes("--check")) {
    await Deno.writeTextFile(FILE, schema);
    return 0;
  }
  if (await Deno.readTextFile(FILE) === schema) return 0;
  const message = "schema/config.json is stale: write it with scripts/generate_schema.ts\n";
  await Deno.stderr.write(new TextEncoder().encode(message));
  return 1;
}

if (import.meta.main) Deno.exit(await main());
