import * as v from "valibot";

/** A mapping whose values are not known to be what they should. */
export type Mapping = Readonly<Record<string, unknown>>;

/** Whether a value is a mapping: an object and no list. */
export function isMapping(value: unknown): value is Mapping {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The schema that refuses what is no mapping. */
export const noMapping = v.custom<never>(() => false, "expected a mapping");

/** Entries under keys of the user's choice; unlike `v.record` it does not take a list for one. */
export function mapping<
  const Key extends v.GenericSchema<string, string>,
  const Value extends v.GenericSchema,
>(key: Key, value: Value) {
  const record = v.record(key, value);
  function run(dataset: v.UnknownDataset, config: v.Config<v.BaseIssue<unknown>>) {
    return isMapping(dataset.value)
      ? record["~run"](dataset, config)
      : noMapping["~run"](dataset, config);
  }
  return { ...record, "~run": run };
}
