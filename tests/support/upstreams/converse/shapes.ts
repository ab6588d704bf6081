import { isObject, type JsonObject } from "../../json.ts";
import {
  anything,
  boolean,
  both,
  broken,
  exactlyOne,
  list,
  map,
  members as anyMembers,
  number,
  object,
  pathText,
  type Shape,
  text,
} from "../shapes.ts";
import { isBase64 } from "../wire.ts";

/** AWS passes over members that it does not know, and takes null for none. */
function members(known: Readonly<Record<string, Shape>>): Shape {
  return anyMembers(known, { open: true, nulls: true });
}

const bytes: Shape = (value, { path }) =>
  isBase64(value) ? undefined : { kind: "type", path, expected: "base64 text", found: value };

/** A document of free form that must be an object. */
const jsonObject: Shape = (value, { path }) => {
  if (isObject(value)) return undefined;
  const place = pathText(path, { indexes: "dots" });
  return broken(
    path,
    `The format of the value at ${place} is invalid. Provide a json object for the field and ` +
      "try again.",
  );
};

const s3 = members({ "uri!": text({ pattern: /^s3:\/\// }), bucketOwner: text() });
const source = exactlyOne({ bytes, s3Location: s3 });
const idText = text({ min: 1, max: 64, pattern: /^[a-zA-Z0-9_-]+$/ });

const image = members({
  "format!": text({ among: ["png", "jpeg", "gif", "webp"] }),
  "source!": source,
});
const video = members({
  "format!": text({
    among: ["mkv", "mov", "mp4", "webm", "flv", "mpeg", "mpg", "wmv", "three_gp"],
  }),
  "source!": source,
});

const documentName: Shape = (value, place) => {
  const flaw = text({ min: 1, max: 200 })(value, place);
  if (
    flaw !== undefined || /^[a-zA-Z0-9()[\] -]*$/.test(String(value)) && !/\s\s/.test(String(value))
  ) {
    return flaw;
  }
  return broken(
    place.path,
    "The document file name can only contain alphanumeric characters, whitespace characters, " +
      "hyphens, parentheses, and square brackets. The name can't contain more than one " +
      "consecutive whitespace character.",
  );
};

const document = members({
  format: text({ among: ["pdf", "csv", "doc", "docx", "xls", "xlsx", "html", "txt", "md"] }),
  "name!": documentName,
  "source!": exactlyOne({
    ...{ bytes, s3Location: s3, text: text() },
    content: list(exactlyOne({ text: text() })),
  }),
  context: text(),
  citations: members({ "enabled!": boolean }),
});

const searchResult = members({
  "source!": text(),
  "title!": text(),
  "content!": list(members({ "text!": text() })),
  citations: members({ "enabled!": boolean }),
});

const cachePoint = members({
  "type!": text({ among: ["default"] }),
  ttl: text({ among: ["5m", "1h"] }),
});

const contentBlock = exactlyOne({
  text: text(),
  image,
  document,
  video,
  audio: object,
  toolUse: members({ "toolUseId!": idText, "name!": idText, "input!": jsonObject, type: text() }),
  toolResult: members({
    "toolUseId!": idText,
    "content!": list(
      exactlyOne({ text: text(), json: anything, image, document, video, searchResult }),
    ),
    status: text({ among: ["success", "error"] }),
    type: text(),
  }),
  guardContent: object,
  cachePoint,
  reasoningContent: exactlyOne({
    reasoningText: members({ "text!": text(), signature: text() }),
    redactedContent: bytes,
  }),
  citationsContent: object,
  searchResult,
});

const tool = exactlyOne({
  toolSpec: members({
    "name!": idText,
    description: text({ min: 1 }),
    "inputSchema!": exactlyOne({ json: both(jsonObject, objectSchema) }),
    strict: boolean,
  }),
  systemTool: members({ "name!": text() }),
  cachePoint,
});

function objectSchema(value: unknown, { path }: Parameters<Shape>[1]) {
  const type = isObject(value) ? value.type : undefined;
  if (type === "object") return undefined;
  const place = pathText(path, { indexes: "dots" });
  return broken(path, `The value at ${place}.type must be one of the following: object.`);
}

/** A schema travels as its JSON text. */
const schemaText: Shape = (value, place) => {
  const flaw = text({ min: 1 })(value, place);
  if (flaw !== undefined || parsedSchema(value) !== undefined) return flaw;
  return broken(place.path, "The JSON schema is not valid JSON.");
};

/** The schema in such a text. */
export function parsedSchema(value: unknown): JsonObject | undefined {
  try {
    const schema: unknown = JSON.parse(String(value));
    return isObject(schema) ? schema : undefined;
  } catch {
    return undefined;
  }
}

/** The body of a request; the model is in its path. */
export const bodyShape = members({
  messages: list(members({
    "role!": text({ among: ["user", "assistant", "system"] }),
    "content!": list(contentBlock),
  })),
  system: list(exactlyOne({ text: text({ min: 1 }), guardContent: object, cachePoint })),
  inferenceConfig: members({
    maxTokens: number({ integer: true, min: 1 }),
    temperature: number({ min: 0, max: 1 }),
    topP: number({ min: 0, max: 1 }),
    stopSequences: list(text({ min: 1 }), { max: 2500 }),
  }),
  toolConfig: members({
    "tools!": list(tool, { min: 1 }),
    toolChoice: exactlyOne({
      auto: object,
      any: object,
      tool: members({ "name!": idText }),
    }),
  }),
  guardrailConfig: members({
    guardrailIdentifier: text(),
    guardrailVersion: text(),
    trace: text({ among: ["enabled", "disabled", "enabled_full"] }),
    streamProcessingMode: text({ among: ["sync", "async"] }),
  }),
  additionalModelRequestFields: jsonObject,
  additionalModelResponseFieldPaths: list(text({ min: 1, max: 256 }), { max: 10 }),
  promptVariables: map(object),
  requestMetadata: map(text({ max: 256 })),
  performanceConfig: members({ latency: text({ among: ["standard", "optimized"] }) }),
  serviceTier: members({ "type!": text({ among: ["default", "flex", "priority", "reserved"] }) }),
  outputConfig: members({
    textFormat: members({
      "type!": text({ among: ["json_schema"] }),
      "structure!": exactlyOne({
        jsonSchema: members({ "schema!": schemaText, name: text(), description: text() }),
      }),
    }),
    effort: text(),
  }),
});

/** The body of a request to count tokens. */
export const countShape = members({
  "input!": exactlyOne({
    invokeModel: members({ "body!": bytes }),
    converse: bodyShape,
  }),
});
