import { isObject, type JsonObject } from "../../json.ts";
import type { Ask, AskBlock } from "../scripts.ts";
import { objectsIn, present, textAt } from "../wire.ts";
import { turnsOf } from "./rules.ts";

/** What a well-formed request asks. */
export function readAsk(body: JsonObject, model: string): Ask {
  const config = isObject(body.generationConfig) ? body.generationConfig : {};
  const { maxOutputTokens, stopSequences, thinkingConfig, responseMimeType } = config;
  const schema = config.responseSchema ?? config.responseJsonSchema ??
    (responseMimeType === "application/json" ? { type: "object" } : undefined);
  const thinks = isObject(thinkingConfig) && thinkingConfig.thinkingBudget !== 0;
  return {
    model,
    system: partsText(isObject(body.systemInstruction) ? body.systemInstruction.parts : undefined),
    turns: turnsOf(body).map(({ role, parts }) => ({
      role: role === "model" ? "assistant" : "user",
      blocks: parts.flatMap((part) => readPart(part)),
    })),
    tools: objectsIn(body.tools).flatMap(([, { functionDeclarations }]) =>
      objectsIn(functionDeclarations).map(([, declaration]) => ({
        name: String(declaration.name),
        description: declaration.description,
        schema: declaration.parameters ?? declaration.parametersJsonSchema,
      }))
    ),
    toolChoice: choiceOf(body.toolConfig),
    parallelTools: true,
    ...(thinks && { reasoning: thinkingConfig }),
    ...(schema !== undefined && { schema }),
    ...(typeof maxOutputTokens === "number" && { maxTokens: maxOutputTokens }),
    tokensEnough: 5,
    stop: Array.isArray(stopSequences) ? stopSequences.map(String) : [],
    sampling: present({
      temperature: config.temperature,
      topP: config.topP,
      topK: config.topK,
      seed: config.seed,
      presencePenalty: config.presencePenalty,
      frequencyPenalty: config.frequencyPenalty,
      labels: body.labels,
      safetySettings: body.safetySettings,
    }),
  };
}

function partsText(parts: unknown): string {
  return objectsIn(parts).map(([, part]) => textAt(part, "text")).filter((text) => text !== "")
    .join("\n");
}

function readPart(part: JsonObject): AskBlock[] {
  const { text, thought, thoughtSignature, functionCall: call, functionResponse: result } = part;
  const mimeType = textAt(part, "inlineData", "mimeType") || textAt(part, "fileData", "mimeType");
  const signed: AskBlock[] = thoughtSignature === undefined ? [] : [{ kind: "thought" }];
  if (isObject(call)) {
    return [...signed, { kind: "call", name: String(call.name), args: call.args ?? {} }];
  }
  if (isObject(result)) return [readResult(result)];
  if (thought === true) return [{ kind: "thought" }];
  if (typeof text === "string") {
    return [...(text === "" ? [] : [{ kind: "text", text } as const]), ...signed];
  }
  return [{ kind: mediaKind(mimeType) }];
}

/** Clients put the text of a result under a name of their own. */
function readResult({ name, response, parts }: JsonObject): AskBlock {
  const media = objectsIn(parts).length;
  const failed = isObject(response) && "error" in response;
  const members = isObject(response) ? response : {};
  const text = ["output", "result", "content", "error"].map((key) => members[key])
    .find((value) => typeof value === "string") ?? JSON.stringify(response);
  return { kind: "result", name: String(name), text: String(text), failed, media };
}

function mediaKind(mimeType: string): "image" | "audio" | "video" | "document" {
  const [kind] = mimeType.split("/");
  return kind === "image" || kind === "audio" || kind === "video" ? kind : "document";
}

function choiceOf(toolConfig: unknown): Ask["toolChoice"] {
  const config = isObject(toolConfig) ? toolConfig.functionCallingConfig : undefined;
  if (!isObject(config)) return "auto";
  const allowed = Array.isArray(config.allowedFunctionNames) ? config.allowedFunctionNames : [];
  if (config.mode === "NONE") return "none";
  if (config.mode !== "ANY") return "auto";
  return allowed.length === 1 ? { name: String(allowed[0]) } : "required";
}
