import { GatewayError } from "../errors.ts";
import { quote } from "../lib/quote.ts";

/**
 * The model that a path names, as Google's, Vertex's and Bedrock's paths do; undefined where the
 * path is of no such kind. Throws `invalid-request` for a name that could lead to another path.
 */
export function modelFromPath(path: string): string | undefined {
  const [pathname = ""] = path.split("?");
  const segments = googleSegments(pathname) ?? BEDROCK.exec(pathname)?.[1]?.split("/");
  return segments?.map((segment) => decoded(segment, pathname)).join("/");
}

const GOOGLE_METHODS: readonly string[] = [
  "generateContent",
  "streamGenerateContent",
  "countTokens",
  "rawPredict",
  "streamRawPredict",
];
const BEDROCK =
  /^\/model\/([^]*)\/(?:converse|converse-stream|invoke|invoke-with-response-stream)$/;

/** What follows the last collection of models, or the last segment. */
function googleSegments(pathname: string): readonly string[] | undefined {
  const method = GOOGLE_METHODS.find((name) => pathname.endsWith(`:${name}`));
  if (method === undefined) return undefined;
  const segments = pathname.slice(0, -`:${method}`.length).split("/");
  const models = segments.lastIndexOf("models");
  if (models >= 0 && models < segments.length - 1) return segments.slice(models + 1);
  return segments.slice(segments.at(-2) === "tunedModels" ? -2 : -1);
}

function decoded(segment: string, pathname: string): string {
  let text: string;
  try {
    text = decodeURIComponent(segment);
  } catch {
    throw refusal(pathname);
  }
  if (text === "" || text === "." || text === ".." || FORBIDDEN.test(text)) throw refusal(pathname);
  return text;
}

const FORBIDDEN = /[/\\%?#<>"`{}|^\s\p{Cc}]/u;

function refusal(pathname: string): GatewayError {
  return new GatewayError(
    "invalid-request",
    `no valid model name in the path: ${quote(pathname)}`,
    {
      param: "model",
    },
  );
}
