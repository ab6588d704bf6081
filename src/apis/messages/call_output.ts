import type { Losses } from "../../chat/losses.ts";
import type { OutputFormat } from "../../chat/request.ts";
import { isMapping } from "../../lib/mapping.ts";
import type { JsonObject } from "../api.ts";
import { closedSchema } from "../tool_schema/closed_schema.ts";

/** What a wanted form of answers becomes: a format, or words where there is no format for it. */
export interface WrittenOutput {
  readonly format?: JsonObject;
  readonly instruction?: string;
}

/**
 * The form of the answer.
 *
 * Anthropic knows closed objects only
 * (https://platform.claude.com/docs/en/build-with-claude/structured-outputs), so that any object,
 * or one with keys of the model's choice, has to be asked for in words.
 */
export function writeOutput(output: OutputFormat | undefined, losses: Losses): WrittenOutput {
  if (output === undefined || output.type === "text") return {};
  if (output.type === "json") {
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
  return { format: { type: "json_schema", schema: described } };
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
