import * as v from "valibot";
import type { ApiName } from "../../apis/api.ts";
import { closedObject } from "../../lib/closed_object.ts";
import { closedWords } from "../../lib/closed_words.ts";
import type { Provider, ProviderKind } from "../provider.ts";

/** Formats of the configuration that the gateway does not speak to providers yet. */
const LATER_FORMATS = [
  "messages",
  "responses",
  "embeddings",
  "anthropicTokenCount",
  "generateContent",
  "geminiCountTokens",
  "realtime",
  "rerank",
];

const Format = closedObject({
  type: v.pipe(
    closedWords(["completions"], LATER_FORMATS),
    v.description("Wire format that the upstream speaks."),
  ),
  path: v.optional(v.pipe(
    v.string(),
    v.startsWith("/", "must begin with /"),
    v.description("Whole upstream path for this format; a prefix is then ignored."),
  )),
});

const Settings = v.pipe(
  closedObject({
    formats: v.pipe(
      v.array(Format),
      v.minLength(1, "must name at least one format"),
      v.description("Wire formats that the upstream speaks, preferred first."),
    ),
    model: v.optional(
      v.pipe(v.string(), v.description("Model that is sent instead of the client's.")),
    ),
    providerOverride: v.optional(v.pipe(
      v.string(),
      v.description("Provider name for telemetry and the cost catalog, instead of `custom`."),
    )),
  }),
  v.description("Any upstream that speaks a known API; needs an address."),
);

type Settings = v.InferOutput<typeof Settings>;

/** Any upstream that speaks a known API. */
export const compatible: ProviderKind<Settings> = {
  type: "custom",
  shortNames: [],
  settings: Settings,
  connect,
};

function connect({ formats, model, providerOverride }: Settings): Provider {
  const exact: Partial<Record<ApiName, string>> = {};
  for (const { type, path } of formats) if (path !== undefined) exact[type] = path;
  return {
    name: providerOverride ?? "custom",
    ...(model === undefined ? {} : { model }),
    speaks: formats.map((format) => format.type),
    paths: { base: "/v1", exact, keepsClientPath: false, dropsVersion: false },
  };
}
