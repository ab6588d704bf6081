import * as v from "valibot";
import type { Immutable } from "../../lib/immutable.ts";
import { parseUsd, USD_MAX } from "../../policies/budget/usd.ts";
import { closedObject } from "../../lib/closed_object.ts";
import { closedWords } from "../../lib/closed_words.ts";
import { wholeNumber } from "./address.ts";
import { exactlyOneOf } from "./checks.ts";
import { Text } from "./text.ts";

const USD = 'expected an amount of US dollars of more than 0, such as 12.50 or "12.50"';

const Usd = v.pipe(
  v.union([v.number(USD), v.string(USD)], USD),
  v.check((amount) => (parseUsd(amount) ?? 0) > 0, USD),
  v.check(
    (amount) => (parseUsd(amount) ?? 0) <= (parseUsd(USD_MAX) ?? 0),
    `must be at most ${USD_MAX}`,
  ),
);

const TIME_ZONE = 'expected the name of a time zone, such as "Europe/Berlin"';

const TimeZone = v.pipe(v.string(TIME_ZONE), v.check(isTimeZone, TIME_ZONE));

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}

const SHARE = "expected a number of more than 0 and at most 1";

const entries = {
  name: v.pipe(
    Text,
    v.description(
      "Names the budget in refusals and in the saved state; equal names mean the same budget.",
    ),
  ),
  when: v.exactOptional(v.pipe(
    Text,
    v.description("CEL: the budget counts only requests for which the expression is true."),
  )),
  usd: v.exactOptional(v.pipe(
    Usd,
    v.description("Most US dollars that a period's requests may cost, by the prices of models."),
  )),
  tokens: v.exactOptional(v.pipe(
    wholeNumber(1),
    v.description("Most tokens that models may read and write in a period."),
  )),
  period: v.pipe(
    closedWords(["minute", "hour", "day", "week", "month"]),
    v.description("How long the budget has to last: a calendar period; weeks begin on Monday."),
  ),
  timezone: v.exactOptional(
    v.pipe(TimeZone, v.description("Where days, weeks and months begin at midnight.")),
    "UTC",
  ),
  outputTokensDefault: v.exactOptional(
    v.pipe(
      wholeNumber(0),
      v.description(
        "Output tokens that are set aside for a request under way which names no limit itself.",
      ),
    ),
    4096,
  ),
  unpriced: v.exactOptional(
    v.pipe(
      closedWords(["allow", "deny"]),
      v.description(
        "Whether models without a known price may be called under a budget in dollars; they " +
          "cost it nothing.",
      ),
    ),
    "allow",
  ),
  warnAt: v.exactOptional(v.pipe(
    v.number(SHARE),
    v.check((share) => share > 0 && share <= 1, SHARE),
    v.description("Share of the budget, such as 0.8, from which on the log has a warning."),
  )),
};

/** A budget that belongs to one API key. */
export const KeyBudget = v.pipe(closedObject(entries, []), exactlyOneOf(["usd", "tokens"]));

/** A budget that clients share, or have each. */
export const Budget = v.pipe(
  closedObject({
    ...entries,
    per: v.exactOptional(v.pipe(
      Text,
      v.description(
        "CEL: gives every value of the expression the budget anew, as in `apiKey.team`; requests " +
          "for which it has no value share one.",
      ),
    )),
  }, []),
  exactlyOneOf(["usd", "tokens"]),
);

/** Budgets that hold all at once. */
export const Budgets = v.array(Budget);

/** A key's budget as it is written; its defaults are filled in. */
export type KeyBudgetConfig = Immutable<v.InferOutput<typeof KeyBudget>>;

/** A budget as it is written; its defaults are filled in. */
export type BudgetConfig = Immutable<v.InferOutput<typeof Budget>>;
