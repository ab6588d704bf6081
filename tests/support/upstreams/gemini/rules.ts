import { at, isObject, type JsonObject } from "../../json.ts";
import { canonicalJson, isSealOf } from "../seals.ts";
import { objectsIn, textAt } from "../wire.ts";
import type { Flavour } from "./errors.ts";
import { configFlaw, isThird } from "./config_rules.ts";
import { schemaFlaw } from "./schema_rules.ts";

/** What Google refuses of a well-formed request; the answer is its own message. */
export function ruleFlaw(body: JsonObject, model: string, flavour: Flavour): string | undefined {
  const turns = turnsOf(body);
  return contentsFlaw(body, flavour) ?? pairsFlaw(turns) ?? mediaFlaw(body) ??
    signatureFlaw(turns, model, flavour) ?? toolsFlaw(body, flavour) ?? choiceFlaw(body) ??
    configFlaw(body, model, flavour) ?? cacheFlaw(body);
}

function contentsFlaw(body: JsonObject, flavour: Flavour): string | undefined {
  const contents = objectsIn(body.contents);
  if (contents.length === 0) {
    return flavour === "vertex"
      ? "Unable to submit request because at least one contents field is required."
      : "* GenerateContentRequest.contents: contents is not specified\n";
  }
  const system = isObject(body.systemInstruction) ? body.systemInstruction : undefined;
  const all = [
    ...contents.map(([index, content]) => [`contents[${index}]`, content] as const),
    ...(system === undefined ? [] : [["system_instruction", system] as const]),
  ];
  for (const [place, { role, parts }] of all) {
    const isFree = place === "system_instruction" || (flavour === "gemini" && role === undefined);
    if (!isFree && role !== "user" && role !== "model") {
      return "Please use a valid role: user, model.";
    }
    if (objectsIn(parts).length === 0) {
      return flavour === "vertex"
        ? "Unable to submit request because it must include at least one parts field, which " +
          "describes the prompt input."
        : `* GenerateContentRequest.${place}.parts: contents.parts must not be empty.\n`;
    }
    const flaw = partsFlaw(place, parts, flavour);
    if (flaw !== undefined) return flaw;
  }
}

function partsFlaw(place: string, parts: unknown, flavour: Flavour): string | undefined {
  for (const [index, part] of objectsIn(parts)) {
    const where = `* GenerateContentRequest.${place}.parts[${index}]`;
    const data = dataNames.find((name) => part[name] !== undefined && part[name] !== null);
    if (data === undefined) {
      return `${where}.data: required oneof field 'data' must have one initialized field\n`;
    }
    if (part.text === "" && part.thoughtSignature === undefined && flavour === "vertex") {
      return "Unable to submit request because it has an empty text parameter. Add a value to " +
        "the parameter and try again.";
    }
    const name = data === "functionCall" ? "function_call" : "function_response";
    const isNameless = data.startsWith("function") && textAt(part, data, "name") === "";
    if (isNameless) return `${where}.${name}.name: Name cannot be empty.\n`;
  }
}

const dataNames = [
  ...["text", "inlineData", "fileData", "functionCall", "functionResponse", "executableCode"],
  ...["codeExecutionResult", "toolCall", "toolResponse"],
];

function partsOf(content: JsonObject): JsonObject[] {
  return objectsIn(content.parts).map(([, part]) => part);
}

/**
 * The contents with neighbours of one role joined: Google's own SDK brings a streamed answer back
 * as one content for each of its pieces.
 */
export function turnsOf({ contents }: JsonObject): Turn[] {
  const turns: { role: Turn["role"]; parts: JsonObject[] }[] = [];
  for (const [, content] of objectsIn(contents)) {
    const role = content.role === "model" ? "model" : "user";
    const last = turns.at(-1);
    if (last?.role === role) last.parts.push(...partsOf(content));
    else turns.push({ role, parts: [...partsOf(content)] });
  }
  return turns;
}

/** All that one side says before the other speaks. */
export interface Turn {
  readonly role: "user" | "model";
  readonly parts: readonly JsonObject[];
}

function withData(turn: Turn | undefined, data: string): JsonObject[] {
  return (turn?.parts ?? []).filter((part) => part[data] !== undefined);
}

function pairsFlaw(turns: readonly Turn[]): string | undefined {
  if (turns[0]?.role === "model") {
    return withData(turns[0], "functionCall").length > 0
      ? "Please ensure that function call turn comes immediately after a user turn or after a " +
        "function response turn."
      : "Please ensure that multiturn requests start with a user turn.";
  }
  for (const [index, turn] of turns.entries()) {
    const calls = withData(turns[index - 1], "functionCall");
    const flaw = responsesFlaw(withData(turn, "functionResponse"), calls);
    if (flaw !== undefined) return flaw;
  }
  if (withData(turns.at(-1), "functionCall").length === 0) return undefined;
  return "Please ensure that multiturn requests end with a user turn or a function response.";
}

function responsesFlaw(responses: readonly JsonObject[], calls: readonly JsonObject[]) {
  if (responses.length > 0 && calls.length === 0) {
    return "Please ensure that function response turn comes immediately after a function call " +
      "turn.";
  }
  const named = (list: readonly JsonObject[], data: string) =>
    list.map((part) => textAt(part, data, "name")).sort().join();
  const fits = named(responses, "functionResponse") === named(calls, "functionCall");
  if (responses.length !== calls.length || !fits) {
    return "Please ensure that the number of function response parts is equal to the number " +
      "of function call parts of the function call turn.";
  }
  const ids = calls.map((part) => at(part, "functionCall", "id"));
  const stranger = responses.map((part) => at(part, "functionResponse", "id"))
    .find((id) => id !== undefined && !ids.includes(id));
  if (stranger === undefined) return undefined;
  return `Function response id ${stranger} does not match the id of any function call.`;
}

function mediaFlaw({ contents }: JsonObject): string | undefined {
  const all = objectsIn(contents).flatMap(([, content]) => partsOf(content));
  const types = all.flatMap((part) =>
    part.inlineData === undefined ? [] : [
      textAt(part, "inlineData", "mimeType"),
    ]
  );
  const unsupported = types.find((type) => !mediaTypes.test(type));
  return unsupported === undefined ? undefined : `Unsupported MIME type: ${unsupported}`;
}

const mediaTypes =
  /^(image\/(png|jpeg|webp|heic|heif)|application\/(pdf|json)|text\/[\w.+-]+|(audio|video)\/[\w.+-]+)$/;

/** See https://ai.google.dev/gemini-api/docs/thought-signatures. */
function signatureFlaw(
  turns: readonly Turn[],
  model: string,
  flavour: Flavour,
): string | undefined {
  const asked = turns.findLastIndex((turn) =>
    turn.role === "user" && withData(turn, "functionResponse").length === 0
  );
  for (const [index, turn] of turns.entries()) {
    const isIssuedHere = (part: JsonObject) =>
      part.thoughtSignature === undefined || isIssued(part);
    if (!turn.parts.every(isIssuedHere)) return "Corrupted thought signature.";
    const [first] = withData(turn, "functionCall");
    const mustSign = first !== undefined && isThird(model) && index > asked;
    if (!mustSign || first.thoughtSignature !== undefined) continue;
    return missing(textAt(first, "functionCall", "name"), index, flavour);
  }
}

function isIssued({ thoughtSignature: given, functionCall: call }: JsonObject): boolean {
  if (given === "context_engineering_is_the_way_to_go") return true;
  if (given === "skip_thought_signature_validator") return true;
  if (!isObject(call)) return isSealOf("gemini-text", "", given);
  return isSealOf("gemini-call", callText(call), given);
}

/** What of a call its signature is bound to. */
export function callText({ name, args }: JsonObject): string {
  return `${name} ${canonicalJson(args ?? {})}`;
}

function missing(name: string, index: number, flavour: Flavour): string {
  return flavour === "vertex"
    ? `Unable to submit request because function call \`${name}\` in the ${index + 1}. content ` +
      "block is missing a `thought_signature`. Learn more: " +
      "https://docs.cloud.google.com/vertex-ai/generative-ai/docs/thought-signatures"
    : "Function call is missing a thought_signature in functionCall parts. This is required for " +
      "tools to work correctly, and missing thought_signature may lead to degraded model " +
      `performance. Additional data, function call \`default_api:${name}\` , position ` +
      `${index + 1}. Please refer to https://ai.google.dev/gemini-api/docs/thought-signatures ` +
      "for more details.";
}

function declarations({ tools }: JsonObject): [string, JsonObject][] {
  return objectsIn(tools).flatMap(([tool, { functionDeclarations }]) =>
    objectsIn(functionDeclarations).map(([index, declaration]): [string, JsonObject] => [
      `GenerateContentRequest.tools[${tool}].function_declarations[${index}]`,
      declaration,
    ])
  );
}

function toolsFlaw(body: JsonObject, flavour: Flavour): string | undefined {
  const seen = new Set<unknown>();
  for (const [place, { name, parameters, parametersJsonSchema }] of declarations(body)) {
    if (!/^[a-zA-Z_][\w.:-]{0,63}$/.test(String(name))) {
      return `* ${place}.name: Invalid function name. Must start with a letter or an underscore. ` +
        "Must be alphameric (a-z, A-Z, 0-9), underscores (_), dots (.), colons (:) or dashes " +
        "(-), with a maximum length of 64.\n";
    }
    if (seen.has(name)) return `Duplicate function declaration found: ${name}`;
    seen.add(name);
    if (parameters !== undefined && parametersJsonSchema !== undefined) {
      return `* ${place}: only one of parameters and parameters_json_schema can be set.\n`;
    }
    if (!isObject(parameters)) continue;
    if (String(parameters.type).toUpperCase() !== "OBJECT") {
      return `* ${place}.parameters: parameters schema should be of type OBJECT.\n`;
    }
    const flaw = schemaFlaw(parameters, `${place}.parameters`, flavour);
    if (flaw !== undefined) return `* ${flaw}\n`;
  }
}

function choiceFlaw(body: JsonObject): string | undefined {
  const config = isObject(body.toolConfig) ? body.toolConfig.functionCallingConfig : undefined;
  if (!isObject(config)) return undefined;
  const { mode, allowedFunctionNames: allowed } = config;
  const names = declarations(body).map(([, { name }]) => name);
  if (names.length === 0 && mode !== "NONE") {
    return "Function calling config is set without function_declarations.";
  }
  if (!Array.isArray(allowed) || allowed.length === 0) return undefined;
  if (mode !== "ANY" && mode !== "VALIDATED") {
    return "allowed_function_names should be set only when function calling mode is ANY.";
  }
  const stranger = allowed.find((name) => !names.includes(name));
  if (stranger === undefined) return undefined;
  return `allowed_function_names contains ${stranger}, which is not in function_declarations.`;
}

function cacheFlaw(body: JsonObject): string | undefined {
  if (body.cachedContent === undefined) return undefined;
  const clash = ["systemInstruction", "tools", "toolConfig"].some((name) => name in body);
  if (!clash) return undefined;
  return "CachedContent can not be used with GenerateContent request setting " +
    "system_instruction, tools or tool_config.";
}
