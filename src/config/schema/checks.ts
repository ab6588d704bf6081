import * as v from "valibot";
import { isMapping, type Mapping } from "../../lib/mapping.ts";

/** What is wrong with a key. */
export interface KeyIssue {
  /** The key at fault, below the mapping that is checked. */
  readonly path: readonly [string, ...string[]];
  readonly message: string;
}

/** A check of keys against each other; it also runs where a value has issues of its own. */
export function keyCheck<Input extends object>(check: (value: Mapping) => readonly KeyIssue[]) {
  return v.rawCheck<Input>(({ dataset, addIssue }) => {
    const input = dataset.value;
    if (!isMapping(input)) return;
    for (const { path: [first, ...rest], message } of check(input)) {
      addIssue({ message, path: [keyItem(input, first), ...rest.map((key) => keyItem({}, key))] });
    }
  });
}

function keyItem(input: Record<string, unknown>, key: string): v.ObjectPathItem {
  return { type: "object", origin: "key", input, key, value: input[key] };
}

/** Refuses `second` beside `first`. */
export function notTogether<Input extends object>(first: string, second: string, reason: string) {
  return keyCheck<Input>((value) =>
    Object.hasOwn(value, first) && Object.hasOwn(value, second)
      ? [{ path: [second], message: `cannot be set together with ${first}: ${reason}` }]
      : []
  );
}

/** Refuses `first` without `second`. */
export function needs<Input extends object>(first: string, second: string) {
  return keyCheck<Input>((value) =>
    Object.hasOwn(value, first) && !Object.hasOwn(value, second)
      ? [{ path: [first], message: `needs ${second} beside it` }]
      : []
  );
}

/** Requires at most one of some optional keys, and at least that or `beside`. */
export function oneBeside<Input extends object>(keys: readonly string[], beside: string) {
  const message = `must have exactly one of ${keys.join(", ")}`;
  return v.rawCheck<Input>(({ dataset, addIssue }) => {
    const { value, issues } = dataset;
    if (!isMapping(value)) return;
    const found = keys.filter((key) => Object.hasOwn(value, key));
    if (found.length === 1) return;
    if (found.length === 0) {
      if (Object.hasOwn(value, beside) || issues?.some(isOwnKeyIssue)) return;
      addIssue({ message: `${message}, or ${beside}` });
    } else {
      addIssue({ message });
    }
  });
}

/** What `exactlyOneOf` leaves in a schema, for the generator of the JSON Schema. */
export interface ExactlyOneOf<Input> extends v.BaseValidation<Input, Input, v.BaseIssue<Input>> {
  readonly type: "exactly_one_of";
  readonly requirement: readonly string[];
}

/** Requires exactly one of some optional keys: the YAML form of a tagged union. */
export function exactlyOneOf<Input extends object>(
  keys: readonly string[],
): ExactlyOneOf<Input> {
  const message = `must have exactly one of ${keys.join(", ")}`;
  return {
    kind: "validation",
    type: "exactly_one_of",
    reference: exactlyOneOf,
    async: false,
    expects: null,
    requirement: keys,
    "~run"(dataset, config) {
      const value = dataset.value;
      const found = isMapping(value) ? keys.filter((key) => Object.hasOwn(value, key)) : [];
      const mistaken = found.length === 0 && dataset.issues?.some(isOwnKeyIssue);
      if (isMapping(value) && found.length !== 1 && !mistaken) {
        v._addIssue(this, "keys", dataset, config, { message });
      }
      return dataset;
    },
  };
}

/** A key that is unknown or not built may have been meant to be the one. */
function isOwnKeyIssue(issue: v.BaseIssue<unknown>): boolean {
  return issue.expected === "never" && issue.path?.length === 1;
}
