import * as v from "valibot";
import { closedObject } from "../../lib/closed_object.ts";
import { closedWords } from "../../lib/closed_words.ts";
import { modelSetting } from "../model_setting.ts";
import type { ProviderKind } from "../provider.ts";
import { type CompatibleSettings, connect } from "./connect.ts";
import { FORMAT_WORDS } from "./formats.ts";

const Format = closedObject({
  type: v.pipe(
    closedWords(FORMAT_WORDS, ["realtime"]),
    v.description("Wire format that the upstream speaks."),
  ),
  path: v.exactOptional(v.pipe(
    v.string(),
    v.startsWith("/", "must begin with /"),
    v.description("Whole upstream path for this format; a prefix is then ignored."),
  )),
});

const Formats = v.pipe(
  v.array(Format),
  v.minLength(1, "must name at least one format"),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const words = dataset.value.map(({ type }) => type);
    const twin = words.find((word, index) => words.indexOf(word) !== index);
    if (twin !== undefined) addIssue({ message: `must not name ${twin} twice` });
  }),
  v.description("Wire formats that the upstream speaks, preferred first."),
);

const Settings = v.pipe(
  closedObject({
    formats: Formats,
    model: modelSetting,
    providerOverride: v.exactOptional(v.pipe(
      v.string(),
      v.description("Provider name for telemetry and the cost catalog, instead of `custom`."),
    )),
  }),
  v.description("Any upstream that speaks a known API; needs an address."),
);

/** Any upstream that speaks a known API. */
export const compatible: ProviderKind<CompatibleSettings> = {
  type: "custom",
  shortNames: [],
  settings: Settings,
  connect,
};
