import * as v from "valibot";
import { closedObject } from "../../lib/closed_object.ts";
import { closedWords } from "../../lib/closed_words.ts";
import { isMapping, type Mapping } from "../../lib/mapping.ts";
import { presetNames, providerKinds } from "../../providers/index.ts";
import { exactlyOneOf, keyCheck } from "./checks.ts";
import { unionByShape } from "./decided_union.ts";
import { Text } from "./text.ts";

/** Providers of the reference that are not built yet. */
const LATER = ["anthropic", "gemini", "vertex", "bedrock", "azure", "copilot"]
  .filter((name) => !providerKinds.some((kind) => kind.type === name));

const kindWords = providerKinds.flatMap((kind) => kind.shortNames);

type Settings = Readonly<
  Record<string, v.ExactOptionalSchema<v.GenericSchema<unknown, unknown>, undefined>>
>;

const settings: Settings = Object.fromEntries(
  providerKinds.map((kind) => [kind.type, v.exactOptional(kind.settings)]),
);

const NoReference = v.pipe(
  v.never("must not be there: only models refer to providers"),
  v.description("Not possible here: only models refer to providers."),
);

const Reference = v.pipe(Text, v.description("Name of an entry of llm.providers."));

/** A provider of an `ai` backend: its word, or its settings under its name. */
export const BackendProvider = providerForm(kindWords, presetNames, settings);

/** A provider of `llm.providers`: its word, or its settings under its name. */
export const SharedProvider = providerForm(
  [...kindWords, ...presetNames],
  [],
  { ...settings, reference: v.exactOptional(NoReference) },
);

/** A provider of a model: like a shared one, or `reference` and the name of a shared one. */
export const ModelProvider = providerForm(
  [...kindWords, ...presetNames],
  [],
  { ...settings, reference: v.exactOptional(Reference) },
);

/** Requires an address for `custom`, which has none of its own; `setting` is how to give it. */
export function addressForCustom<Input extends object>(
  setting: string,
  addresses: (value: Mapping) => Mapping,
) {
  return keyCheck<Input>((value) => {
    const custom = isMapping(value.provider) && Object.hasOwn(value.provider, "custom");
    const { baseUrl, hostOverride } = addresses(value);
    return custom && baseUrl === undefined && hostOverride === undefined
      ? [{ path: ["provider", "custom"], message: `needs an address: set ${setting}` }]
      : [];
  });
}

function providerForm(words: readonly string[], laterWords: readonly string[], forms: Settings) {
  return unionByShape([
    closedWords(words, [...LATER, ...laterWords]),
    v.pipe(closedObject(forms, LATER), exactlyOneOf(Object.keys(forms))),
  ], "expected the name of a provider, or a mapping with the name and its settings");
}
