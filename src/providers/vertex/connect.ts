import type { ApiName } from "../../apis/api.ts";
import { defined } from "../../lib/defined.ts";
import type { JsonEdits } from "../../lib/json_edit.ts";
import { withoutModel } from "../gemini_edits.ts";
import type { Provider, ProviderCall } from "../provider.ts";
import { claudeEdits } from "./claude_edits.ts";
import { geminiEdits } from "./gemini_edits.ts";
import { familyOf, googleId, type VertexFamily } from "./models.ts";
import { originOf, pathsOf, RANKING_ORIGIN } from "./paths.ts";

/** Vertex AI's settings, checked. */
export interface VertexSettings {
  readonly projectId: string;
  readonly region?: string;
  readonly model?: string;
}

/** Vertex AI in one project and region. */
export function connect({ projectId, region = "global", model }: VertexSettings): Provider {
  return {
    name: "gcp.vertex_ai",
    ...defined({ model }),
    speaks: (sentModel) => SPOKEN[familyOf(sentModel)],
    origin: originOf(region),
    origins: { vertexRank: RANKING_ORIGIN },
    paths: {
      base: "",
      of: pathsOf(projectId, region),
      keepsClientPath: true,
      dropsVersion: false,
    },
    auth: { type: "gcp" },
    adapt,
  };
}

const SPOKEN: Readonly<Record<VertexFamily, readonly ApiName[]>> = {
  claude: ["messages", "messagesCount"],
  gemini: ["gemini", "geminiCount", "predict", "vertexRank"],
  other: ["completions", "predict", "vertexRank"],
};

function adapt(call: ProviderCall): JsonEdits | undefined {
  switch (call.api) {
    case "messages":
    case "messagesCount":
      return claudeEdits(call);
    case "completions":
      return namePublisher(call);
    case "gemini":
      return geminiEdits(call);
    default:
      return withoutModel(call);
  }
}

/**
 * The OpenAI paths want a Gemini model with its publisher
 * (https://cloud.google.com/vertex-ai/generative-ai/docs/start/openai).
 */
function namePublisher({ model }: ProviderCall): JsonEdits | undefined {
  if (familyOf(model) !== "gemini") return undefined;
  const named = `google/${googleId(model)}`;
  return named === model ? undefined : { set: { model: named } };
}
