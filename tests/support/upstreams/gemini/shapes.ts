import {
  anything,
  boolean,
  both,
  lazy,
  list,
  map,
  members as anyMembers,
  number,
  object,
  rule,
  type Shape,
  text,
} from "../shapes.ts";
import type { Flavour } from "./errors.ts";

/** In protobuf's JSON a null member is one that is not there. */
function members(known: Readonly<Record<string, Shape>>): Shape {
  return anyMembers(known, { nulls: true });
}

/** Protobuf reads whole numbers of 64 bits from text, too. */
const int64: Shape = (value, place) =>
  typeof value === "string" && /^-?\d+$/.test(value)
    ? undefined
    : number({ integer: true })(value, place);
const int32 = number({ integer: true, min: -(2 ** 31), max: 2 ** 31 - 1 });

/** Bytes are base64 of either alphabet, padded or not. */
const bytes: Shape = (value, place) => {
  const flaw = text()(value, place);
  const isBase64 = typeof value === "string" && /^[A-Za-z0-9+/_-]*={0,2}$/.test(value) &&
    value.replace(/=+$/, "").length % 4 !== 1;
  if (flaw !== undefined || isBase64) return flaw;
  return { kind: "pattern", path: place.path, expected: "base64", found: value };
};

const inlineData = members({ "mimeType!": text(), "data!": bytes, displayName: text() });
const fileData = members({ mimeType: text(), "fileUri!": text(), displayName: text() });

const dataShapes: Readonly<Record<string, Shape>> = {
  text: text(),
  inlineData,
  fileData,
  functionCall: members({
    id: text(),
    name: text(),
    args: object,
    partialArgs: list(object),
    willContinue: boolean,
  }),
  functionResponse: members({
    id: text(),
    name: text(),
    response: object,
    willContinue: boolean,
    scheduling: text(),
    parts: list(members({ inlineData, fileData })),
  }),
  executableCode: object,
  codeExecutionResult: object,
  toolCall: object,
  toolResponse: object,
};

const part = both(
  members({
    ...dataShapes,
    thought: boolean,
    thoughtSignature: bytes,
    videoMetadata: object,
    mediaResolution: anything,
    partMetadata: object,
    mediaProcessing: object,
    speechMetadata: object,
    audioTranscription: object,
  }),
  rule((value, { path }) => {
    const [first, second] = Object.keys(value).filter((name) =>
      Object.hasOwn(dataShapes, name) && value[name] !== null
    );
    if (first === undefined || second === undefined) return undefined;
    return { kind: "union", path, expected: second, found: first };
  }),
);

const content = members({ role: text(), parts: list(part) });

const typeNames = ["STRING", "NUMBER", "INTEGER", "BOOLEAN", "ARRAY", "OBJECT", "NULL"];

function schemaShape(flavour: Flavour): Shape {
  const self = lazy(() => schema);
  const schema = members({
    type: text({ among: [...typeNames, ...typeNames.map((name) => name.toLowerCase())] }),
    format: text(),
    title: text(),
    description: text(),
    nullable: boolean,
    enum: list(text()),
    items: self,
    minItems: int64,
    maxItems: int64,
    properties: map(self),
    propertyOrdering: list(text()),
    required: list(text()),
    minProperties: int64,
    maxProperties: int64,
    minimum: number(),
    maximum: number(),
    minLength: int64,
    maxLength: int64,
    pattern: text(),
    example: anything,
    anyOf: list(self),
    default: anything,
    ...(flavour === "vertex" && { additionalProperties: anything, ref: text(), defs: map(self) }),
  });
  return schema;
}

function toolShape(flavour: Flavour): Shape {
  const schema = schemaShape(flavour);
  return members({
    functionDeclarations: list(members({
      "name!": text(),
      description: text(),
      behavior: text(),
      parameters: schema,
      parametersJsonSchema: anything,
      response: schema,
      responseJsonSchema: anything,
    })),
    googleSearch: object,
    googleSearchRetrieval: object,
    codeExecution: object,
    urlContext: object,
    googleMaps: object,
    computerUse: object,
    fileSearch: object,
    mcpServers: list(object),
    ...(flavour === "vertex" && { retrieval: object, enterpriseWebSearch: object }),
  });
}

const toolConfig = members({
  functionCallingConfig: members({
    mode: text({ among: ["MODE_UNSPECIFIED", "AUTO", "ANY", "NONE", "VALIDATED"] }),
    allowedFunctionNames: list(text()),
    streamFunctionCallArguments: boolean,
  }),
  retrievalConfig: object,
  includeServerSideToolInvocations: boolean,
});

const thinkingConfig = members({
  includeThoughts: boolean,
  thinkingBudget: int32,
  thinkingLevel: text({
    among: ["THINKING_LEVEL_UNSPECIFIED", "MINIMAL", "LOW", "MEDIUM", "HIGH"].flatMap((name) => [
      name,
      name.toLowerCase(),
    ]),
  }),
});

function generationConfigShape(flavour: Flavour): Shape {
  const schema = schemaShape(flavour);
  return members({
    temperature: number(),
    topP: number(),
    topK: number(),
    candidateCount: int32,
    maxOutputTokens: int32,
    stopSequences: list(text()),
    presencePenalty: number(),
    frequencyPenalty: number(),
    seed: int32,
    responseMimeType: text(),
    responseSchema: schema,
    responseJsonSchema: anything,
    responseLogprobs: boolean,
    logprobs: int32,
    responseModalities: list(text({ among: ["TEXT", "IMAGE", "AUDIO"] })),
    mediaResolution: text(),
    speechConfig: object,
    imageConfig: object,
    thinkingConfig,
    enableEnhancedCivicAnswers: boolean,
    ...(flavour === "vertex" && {
      ...{ audioTimestamp: boolean, routingConfig: object, modelConfig: object },
    }),
  });
}

const safetySetting = members({
  "category!": text({
    among: [
      "HARM_CATEGORY_HARASSMENT",
      "HARM_CATEGORY_HATE_SPEECH",
      "HARM_CATEGORY_SEXUALLY_EXPLICIT",
      "HARM_CATEGORY_DANGEROUS_CONTENT",
      "HARM_CATEGORY_CIVIC_INTEGRITY",
    ],
  }),
  "threshold!": text({
    among: [
      "BLOCK_LOW_AND_ABOVE",
      "BLOCK_MEDIUM_AND_ABOVE",
      "BLOCK_ONLY_HIGH",
      "BLOCK_NONE",
      "OFF",
    ],
  }),
  method: text(),
});

function requestMembers(flavour: Flavour): Record<string, Shape> {
  return {
    contents: list(content),
    systemInstruction: content,
    tools: list(toolShape(flavour)),
    toolConfig,
    safetySettings: list(safetySetting),
    generationConfig: generationConfigShape(flavour),
    cachedContent: text(),
    labels: map(text()),
    serviceTier: text(),
    store: boolean,
    ...(flavour === "gemini" ? { model: text() } : { modelArmorConfig: object }),
  };
}

/** The body of a request, its names in camel case. */
export function bodyShape(kind: "generate" | "count", flavour: Flavour): Shape {
  const request = members(requestMembers(flavour));
  if (kind === "generate") return request;
  return flavour === "gemini"
    ? members({ contents: list(content), generateContentRequest: request, model: text() })
    : members({ ...requestMembers(flavour), model: text(), instances: list(anything) });
}
