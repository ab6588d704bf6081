import type { Losses } from "../chat/losses.ts";
import type { OutputFormat } from "../chat/request.ts";
import { isMapping } from "../lib/mapping.ts";
import type { JsonObject } from "./api.ts";
import { closedSchema } from "./tool_schema/closed_schema.ts";

/** What a wanted form of answers becomes: a schema, or words where no schema can say it. */
export interface WantedOutput {
  readonly schema?: JsonObject;
  readonly instruction?: string;
}

/**
 * The form of the answer, for models that take closed schemas.
 *
 * Anthropic knows closed objects only
 * (https://platform.claude.com/docs/en/build-with-claude/structured-outputs), so that any object,
 * or one with keys of the model's choice, has to be asked for in words.
 */
export function wantedOutput(output: OutputFormat | undefined, losses: Losses): WantedOutput {
  if (output === undefined || output.type === "text") return {};
  if (output.type === "json" || output.schema === undefined) {
    losses.changed("output");
    return { instruction: "Answer with one JSON object and nothing else." };
  }
  let isLess = false;
  const schema = closedSchema(output.schema, () => isLess = true);
  if (isLess) losses.changed("output");
  if (isLess && hasHollowObject(schema)) {
    const instruction = "Answer with JSON that is valid under this JSON schema and nothing else:\n";
    return { instruction: instruction + JSON.stringify(output.schema) };
  }
  const { description } = output;
  const described = description === undefined || "description" in schema
    ? schema
    : { ...schema, description };
  return { schema: described };
}

/** Whether a schema allows an object without any members, which is what closing left of it. */
export function hasHollowObject(schema: unknown): boolean {
  if (Array.isArray(schema)) return schema.some(hasHollowObject);
  if (!isMapping(schema)) return false;
  const { properties, additionalProperties } = schema;
  const isHollow = additionalProperties === false && isMapping(properties) &&
    Object.keys(properties).length === 0;
  return isHollow || Object.values(schema).some(hasHollowObject);
}
