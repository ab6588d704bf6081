import type { Seal, ToolCallBlock } from "../../chat/block.ts";
import { defined } from "../../lib/defined.ts";
import { isMapping, type Mapping } from "../../lib/mapping.ts";
import type { JsonObject } from "../api.ts";

/** What a tool call, or a step of one in a stream, says of itself. */
export interface CallParts {
  readonly id?: string;
  readonly name?: string;
  readonly input?: string;
  readonly custom: boolean;
  readonly seal?: Seal;
}

/** Reads an entry of `tool_calls`; some providers send the arguments as an object. */
export function readCall(call: Mapping): CallParts {
  const custom = call.type === "custom" || (isMapping(call.custom) && !isMapping(call.function));
  const body = custom ? call.custom : call.function;
  return {
    ...callBody(isMapping(body) ? body : {}),
    custom,
    ...defined({ id: nonEmpty(call.id), seal: readCallSeal(call) }),
  };
}

/** Reads the `function_call` that was there before `tool_calls`. */
export function readFunctionCall(call: Mapping): CallParts {
  return { ...callBody(call), custom: false };
}

function callBody(body: Mapping): Pick<CallParts, "name" | "input"> {
  const input = body.arguments ?? body.input ?? undefined;
  return defined({
    name: nonEmpty(body.name),
    input: input === undefined || typeof input === "string" ? input : JSON.stringify(input),
  });
}

function nonEmpty(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Google's OpenAI compatible API: https://ai.google.dev/gemini-api/docs/thought-signatures. */
function readCallSeal({ extra_content: extra }: Mapping): Seal | undefined {
  const google = isMapping(extra) && isMapping(extra.google) ? extra.google : {};
  const value = nonEmpty(google.thought_signature);
  return value === undefined ? undefined : { api: "gemini", value };
}

/** An entry of `tool_calls`. */
export function writeCall({ id, name, input, custom }: ToolCallBlock): JsonObject {
  return custom === true
    ? { id, type: "custom", custom: { name, input } }
    : { id, type: "function", function: { name, arguments: input } };
}

/** Where Google's compatible API looks for the seal of a call. */
export function writeCallSeal(seal: Seal): JsonObject {
  return { extra_content: { google: { thought_signature: seal.value } } };
}
