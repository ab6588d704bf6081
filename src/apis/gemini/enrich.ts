import type { JsonEdits } from "../../lib/json_edit.ts";
import { isMapping } from "../../lib/mapping.ts";
import type { JsonObject } from "../api.ts";
import {
  isEmpty,
  placePrompts,
  type Prompts,
  type SpokenMessage,
  type TextsAround,
} from "../prompts.ts";
import { member, spelling } from "./members.ts";

/** Puts messages around a client's, and what the system says into the system instruction. */
export function enrich(request: JsonObject, prompts: Prompts): JsonEdits {
  const { system, messages } = placePrompts(prompts);
  const { prepend, append } = messages;
  const { contents } = request;
  const name = nameOfInstruction(request);
  return {
    set: {
      ...(isEmpty(system) ? {} : { [name]: withTexts(request[name], system) }),
      ...(isEmpty(messages) || !Array.isArray(contents)
        ? {}
        : { contents: [...prepend.map(content), ...contents, ...append.map(content)] }),
    },
  };
}

/** The client's own spelling; without one, that of Google's documents. */
function nameOfInstruction(request: JsonObject): string {
  return member(request, INSTRUCTION) === undefined ? INSTRUCTION : spelling(request, INSTRUCTION);
}

const INSTRUCTION = "systemInstruction";

function withTexts(instruction: unknown, { prepend, append }: TextsAround): JsonObject {
  const given = isMapping(instruction) ? instruction : {};
  const parts = [...prepend.map(part), ...partsOf(instruction), ...append.map(part)];
  return { ...given, parts };
}

/** One part may stand for a list of one, as may a text. */
function partsOf(instruction: unknown): readonly unknown[] {
  if (typeof instruction === "string") return [part(instruction)];
  const parts = isMapping(instruction) ? instruction.parts ?? [] : [];
  return Array.isArray(parts) ? parts : [parts];
}

function content({ role, content }: SpokenMessage): JsonObject {
  return { role: role === "assistant" ? "model" : "user", parts: [part(content)] };
}

function part(text: string): JsonObject {
  return { text };
}
