import * as v from "valibot";
import { closedObject } from "../../lib/closed_object.ts";
import { isMapping } from "../../lib/mapping.ts";
import { decidedUnion } from "./decided_union.ts";
import { Text } from "./text.ts";

const ENTRIES_MAX = 64;

const COUNT = `must have 1 to ${ENTRIES_MAX} entries`;

/** The schema of one object, perhaps with checks of its keys against each other. */
type EntrySchema<Entries extends v.ObjectEntries> = v.GenericSchema<unknown, unknown> & {
  readonly entries: Entries;
  readonly pipe?: readonly unknown[];
};

/**
 * A policy in its plain form, or as `{conditional: [...]}` with entries of which the first applies
 * whose condition holds. `later` are the keys of such an entry in the reference.
 */
export function conditional<
  const Plain extends v.GenericSchema<unknown, unknown>,
  const Entries extends v.ObjectEntries,
>(plain: Plain, entry: EntrySchema<Entries>, later: readonly string[]) {
  const Conditional = closedObject({
    conditional: v.pipe(
      v.array(withCondition(entry, later)),
      v.minLength(1, COUNT),
      v.maxLength(ENTRIES_MAX, COUNT),
      v.rawCheck(({ dataset, addIssue }) => {
        if (!Array.isArray(dataset.value)) return;
        const entries: readonly unknown[] = dataset.value;
        for (const [index, value] of entries.slice(0, -1).entries()) {
          if (!isMapping(value) || (value.condition ?? null) !== null) continue;
          addIssue({ message: FALLBACK, path: [indexItem(entries, index)] });
        }
      }),
      v.description("Entries of which the first applies whose condition holds."),
    ),
  });
  return decidedUnion(
    [plain, Conditional],
    (input) => isMapping(input) && Object.hasOwn(input, "conditional") ? Conditional : plain,
    "expected the policy or {conditional: [...]}",
  );
}

const FALLBACK = "needs a condition: only the last entry may be without one";

function indexItem(input: readonly unknown[], key: number): v.ArrayPathItem {
  return { type: "array", origin: "value", input: [...input], key, value: input[key] };
}

/** The entry's own checks run as they are; for generators its pipe stands over all of the keys. */
function withCondition<const Entries extends v.ObjectEntries>(
  entry: EntrySchema<Entries>,
  later: readonly string[],
) {
  const closed = closedObject({
    condition: v.exactOptional(v.pipe(
      Text,
      v.description("A CEL expression; without one the entry is for all the rest."),
    )),
    ...entry.entries,
  }, later);
  type Result = ReturnType<typeof closed["~run"]>;
  function run(dataset: v.UnknownDataset, config: v.Config<v.BaseIssue<unknown>>): Result {
    const whole = closed["~run"]({ value: dataset.value }, config);
    if (!isMapping(dataset.value)) return whole;
    const { condition: _, ...rest } = dataset.value;
    const { issues: checked = [] } = entry["~run"]({ value: rest }, config);
    const known = new Set(whole.issues?.map(placeOf));
    const further = checked.filter((issue) => !known.has(placeOf(issue)));
    const [first, ...more] = [...(whole.issues ?? []), ...further];
    return first === undefined
      ? whole
      : { typed: false, value: dataset.value, issues: [first, ...more] };
  }
  return entry.pipe === undefined
    ? { ...closed, "~run": run }
    : { ...closed, pipe: [closed, ...entry.pipe.slice(1)], "~run": run };
}

function placeOf(issue: v.BaseIssue<unknown>): string {
  return JSON.stringify(issue.path?.map(({ key }) => key) ?? []);
}
