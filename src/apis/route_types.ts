import type { Api } from "./api.ts";
import { completions } from "./completions/index.ts";
import { embeddings } from "./embeddings/index.ts";
import { defaultErrorShape, type ErrorShape } from "./error_shapes.ts";
import { gemini } from "./gemini/index.ts";
import { messages } from "./messages/index.ts";
import { rerank } from "./rerank/index.ts";
import { responses } from "./responses/index.ts";
import { geminiCount, messagesCount } from "./token_count/index.ts";

/** What a path means, in the words of the config. */
export type RouteType = keyof typeof ROUTE_TYPES;

/** How requests of a route type are handled, and how its clients expect errors. */
export type Handling = "api" | "passthrough" | "detect" | "models" | "later";

interface RouteTypeFacts {
  readonly handling: Handling;
  readonly api?: Api;
  readonly errors: ErrorShape;
}

const later: RouteTypeFacts = { handling: "later", errors: defaultErrorShape };

function served(api: Api): RouteTypeFacts {
  return { handling: "api", api, errors: api.errorShape };
}

/** Every route type of the configuration; `later` ones are refused with a clear word. */
export const ROUTE_TYPES = {
  completions: served(completions),
  messages: served(messages),
  responses: served(responses),
  generateContent: served(gemini),
  embeddings: served(embeddings),
  rerank: served(rerank),
  anthropicTokenCount: served(messagesCount),
  geminiCountTokens: served(geminiCount),
  models: { handling: "models", errors: defaultErrorShape },
  passthrough: { handling: "passthrough", errors: defaultErrorShape },
  detect: { handling: "detect", errors: defaultErrorShape },
  realtime: later,
} as const satisfies Record<string, RouteTypeFacts>;

/** The facts of a route type. */
export function routeType(name: RouteType): RouteTypeFacts {
  return ROUTE_TYPES[name];
}

/** The path suffixes of the `llm` section and what they mean; `*` is the rest. */
export const LLM_ROUTES: Readonly<Record<string, RouteType>> = {
  "/v1/chat/completions": "completions",
  "/v1/messages": "messages",
  "/v1/messages/count_tokens": "anthropicTokenCount",
  ":rawPredict": "messages",
  ":streamRawPredict": "messages",
  ":generateContent": "generateContent",
  ":streamGenerateContent": "generateContent",
  ":countTokens": "geminiCountTokens",
  "/v1/responses": "responses",
  "/v1/responses/compact": "detect",
  "/v1/images/generations": "detect",
  "/v1/images/edits": "detect",
  "/v1/images/variations": "detect",
  "/v1/embeddings": "embeddings",
  "/v1/rerank": "rerank",
  "/v2/rerank": "rerank",
  "*": "passthrough",
};

/**
 * The lookup of the `llm` section. A path that upstreams may take for one of a known API is a path
 * of that API, lest a way to write it lead past what is done to calls of models: without its
 * version, in capitals, with characters encoded, slashes doubled or more at its end.
 */
export function llmRouteTypes(): (path: string) => RouteType {
  const exact = routeTypeTable(LLM_ROUTES);
  const plain = routeTypeTable(
    Object.fromEntries(Object.entries(LLM_ROUTES).map(([path, it]) => [path.toLowerCase(), it])),
  );
  return (path) => {
    const type = exact(path);
    if (type !== "passthrough") return type;
    const written = plainPath(path);
    const again = plain(written);
    return again === "passthrough" ? plain(`/v1${written}`) : again;
  };
}

function plainPath(path: string): string {
  return decoded(path).toLowerCase().replaceAll("\\", "/").replace(/;[^/]*/g, "")
    .replace(/\/{2,}/g, "/").replace(/[\s/.]+$/, "");
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** A lookup from a path to its route type: longest suffix first, `*` last, else completions. */
export function routeTypeTable(
  routes: Readonly<Record<string, RouteType>>,
): (path: string) => RouteType {
  const suffixes = Object.entries(routes)
    .filter(([suffix]) => suffix !== "*")
    .sort(([left], [right]) => right.length - left.length);
  const rest = routes["*"] ?? "completions";
  return (path) => suffixes.find(([suffix]) => path.endsWith(suffix))?.[1] ?? rest;
}

const llmRouteType = routeTypeTable(LLM_ROUTES);

/** How the client that asks for a path words errors, before any route is known. */
export function errorShapeFor(path: string): ErrorShape {
  return routeType(llmRouteType(path)).errors;
}
