import * as v from "valibot";
import type { Immutable } from "../../lib/immutable.ts";
import { closedObject } from "../../lib/closed_object.ts";
import { closedWords } from "../../lib/closed_words.ts";
import { later } from "../reference_keys.ts";
import { exactlyOneOf } from "./checks.ts";
import { Regex } from "./text.ts";

const BUILTINS = ["ssn", "creditCard", "phoneNumber", "email", "caSin"] as const;

/** Characters of a pattern; a longer one could take seconds to compile. */
const PATTERN_MAX = 2_000;

const Pattern = v.pipe(
  v.string(),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    if (dataset.value.length > PATTERN_MAX) {
      addIssue({ message: `must not be longer than ${PATTERN_MAX} characters` });
    } else {
      for (const { message } of v.safeParse(Regex, dataset.value).issues ?? []) {
        addIssue({ message });
      }
    }
  }),
);

const RegexRule = v.pipe(
  closedObject({
    builtin: v.exactOptional(v.pipe(
      closedWords(BUILTINS),
      v.description(`A recogniser of personal data: ${BUILTINS.join(", ")}.`),
    )),
    pattern: v.exactOptional(v.pipe(
      Pattern,
      v.description("A regular expression (RE2), looked for anywhere in the text."),
    )),
  }, later("RegexRule")),
  exactlyOneOf(["builtin", "pattern"]),
);

/** Rules that find personal data and other texts by their form. */
export const RegexGuard = closedObject({
  action: v.exactOptional(v.pipe(
    closedWords(["mask", "reject"]),
    v.description("What happens to what is found: mask (default) or reject."),
  )),
  rules: v.pipe(
    v.array(RegexRule),
    v.description("The rules, in order; each sees what the ones before it masked."),
  ),
}, later("RegexRules"));

/** The rules as they are written. */
export type RegexGuardConfig = Immutable<v.InferOutput<typeof RegexGuard>>;
