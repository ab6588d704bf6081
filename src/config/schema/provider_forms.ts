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
export const BackendProvider = providerForm(
  v.pipe(
    closedWords(kindWords, [...LATER, ...presetNames]),
    v.check((word) => missingSettings(word).length === 0, ({ input }) => {
      return `must be a mapping: ${input} needs ${missingSettings(input).join(" and ")}`;
    }),
  ),
  settings,
);

/** A provider of `llm.providers`: its word, or its settings under its name. */
export const SharedProvider = providerForm(
  closedWords([...kindWords, ...presetNames], LATER),
  { ...settings, reference: v.exactOptional(NoReference) },
);

/** A provider of a model: like a shared one, or `reference` and the name of a shared one. */
export const ModelProvider = providerForm(
  closedWords([...kindWords, ...presetNames], LATER),
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

function providerForm(
  word: v.GenericSchema<unknown, string> & { readonly type: "picklist" },
  forms: Settings,
) {
  return unionByShape([
    word,
    v.pipe(closedObject(forms, LATER), exactlyOneOf(Object.keys(forms))),
  ], "expected the name of a provider, or a mapping with the name and its settings");
}

/** The settings without which a provider cannot be; a word alone does not bring them. */
function missingSettings(word: string): string[] {
  const kind = providerKinds.find(({ shortNames }) => shortNames.includes(word));
  const { issues = [] } = kind === undefined ? {} : v.safeParse(kind.settings, {});
  return issues.map(({ path }) => String(path?.[0]?.key));
}
