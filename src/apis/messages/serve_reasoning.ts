import type { Reasoning } from "../../chat/request.ts";
import { defined } from "../../lib/defined.ts";
import type { JsonObject } from "../api.ts";
import { mappingIn, numberIn, stringIn } from "../fields.ts";
import type { Note } from "./serve_blocks.ts";

/**
 * How hard to think: `thinking` and the effort of `output_config`.
 *
 * An effort without thinking is about the length of answers too, and old models do not think
 * without being asked to, so that it is no wish to think.
 */
export function readReasoning(json: JsonObject, note: Note): Reasoning | undefined {
  const config = mappingIn(json, "output_config") ?? {};
  for (const [name, value] of Object.entries(config)) {
    if (name !== "effort" && name !== "format" && value !== null) {
      note(`output_config.${name}`, value);
    }
  }
  const effort = stringIn(config, "effort", "output_config.effort");
  const thinking = readThinking(mappingIn(json, "thinking"), note);
  if (thinking?.enabled === true) return { ...thinking, ...defined({ effort }) };
  if (effort !== undefined) note("output_config.effort", effort);
  return thinking;
}

/** What `thinking` says; undefined where only this API understands it. */
export function readThinking(thinking: JsonObject | undefined, note: Note): Reasoning | undefined {
  switch (thinking?.type) {
    case undefined:
      return undefined;
    case "disabled":
      return { enabled: false };
    case "enabled":
    case "adaptive":
      return {
        enabled: true,
        ...defined({
          budgetTokens: numberIn(thinking, "budget_tokens", "thinking.budget_tokens"),
          shown: readDisplay(thinking.display),
        }),
      };
    default:
      note("thinking", thinking);
      return undefined;
  }
}

function readDisplay(display: unknown): boolean | undefined {
  if (display === "summarized") return true;
  return display === "omitted" ? false : undefined;
}
