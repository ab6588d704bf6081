import * as v from "valibot";
import { isMapping, type Mapping } from "../../lib/mapping.ts";
import { presetNames, providerKinds } from "../../providers/index.ts";
import type { ProviderKind } from "../../providers/provider.ts";
import { keyCheck, type KeyIssue } from "./checks.ts";

type Param = v.ExactOptionalSchema<v.GenericSchema<unknown, unknown>, undefined>;

/** The keys of `params` that are settings of one provider, as its own schema has them. */
export const providerParams: Readonly<Record<string, Param>> = Object.fromEntries(
  providerKinds.flatMap(({ settings, params = {} }) =>
    Object.entries(params).map(([param, setting]) => [
      param,
      v.exactOptional(schemaOf(settings, setting)),
    ])
  ),
);

/** The settings of a provider that is written as a word, from the `params` beside it. */
export function settingsOf({ params = {} }: ProviderKind<unknown>, written: Mapping): Mapping {
  return Object.fromEntries(
    Object.entries(params)
      .filter(([param]) => written[param] !== undefined && written[param] !== null)
      .map(([param, setting]) => [setting, written[param]]),
  );
}

/** Requires the `params` that the provider cannot do without, and none of other providers. */
export function paramsOfProvider<Input extends object>() {
  return keyCheck<Input>(({ provider, params }) => {
    const written = isMapping(params) ? params : {};
    return [...foreignParams(provider, written), ...unfitParams(provider, written)];
  });
}

function foreignParams(provider: unknown, written: Mapping): KeyIssue[] {
  if (kindOfWord(provider) === undefined && !isPreset(provider) && !isMapping(provider)) return [];
  if (isMapping(provider) && Object.hasOwn(provider, "reference")) return [];
  return Object.keys(providerParams)
    .filter((param) => written[param] !== undefined && written[param] !== null)
    .flatMap((param) => {
      const message = foreignParam(provider, param);
      return message === undefined ? [] : [{ path: ["params", param], message }];
    });
}

/** Why a provider does not take a parameter, if it does not. */
function foreignParam(provider: unknown, param: string): string | undefined {
  const owner = providerKinds.find(({ params = {} }) => Object.hasOwn(params, param));
  if (owner === undefined || owner === kindOfWord(provider)) return undefined;
  return isMapping(provider) && Object.hasOwn(provider, owner.type)
    ? `must be written as ${owner.params?.[param]} of provider.${owner.type}`
    : `cannot be set here: only ${owner.type} takes it`;
}

/** What the provider's own schema has against the settings as a whole. */
function unfitParams(provider: unknown, written: Mapping): KeyIssue[] {
  const kind = kindOfWord(provider);
  if (kind === undefined) return [];
  const settings = settingsOf(kind, written);
  const known = Object.entries(kind.params ?? {});
  // What is wrong with a single one has been complained of at its place.
  const single = known.some(([param, setting]) =>
    settings[setting] !== undefined && !v.is(schemaOf(kind.settings, setting), written[param])
  );
  if (single) return [];
  const { issues = [] } = v.safeParse(kind.settings, settings);
  return issues.flatMap(({ path, message }) => {
    const [param, setting] = known.find(([, name]) => name === path?.[0]?.key) ?? [];
    if (param === undefined || setting === undefined) return [];
    const missing = settings[setting] === undefined;
    return [{
      path: ["params", param],
      message: missing ? `required key is missing: ${kind.type} needs it` : message,
    }];
  });
}

function kindOfWord(provider: unknown): ProviderKind<unknown> | undefined {
  return typeof provider === "string"
    ? providerKinds.find(({ shortNames }) => shortNames.includes(provider))
    : undefined;
}

function isPreset(provider: unknown): boolean {
  return typeof provider === "string" && presetNames.includes(provider);
}

/** The schema of a setting, whether it is optional or not. */
function schemaOf(settings: object, name: string): v.GenericSchema<unknown, unknown> {
  const entries = "entries" in settings && isMapping(settings.entries) ? settings.entries : {};
  const entry = entries[name];
  const schema = isMapping(entry) && "wrapped" in entry ? entry.wrapped : entry;
  if (!isSchema(schema)) throw new Error(`no setting ${name}`);
  return schema;
}

function isSchema(value: unknown): value is v.GenericSchema<unknown, unknown> {
  return isMapping(value) && value.kind === "schema";
}
