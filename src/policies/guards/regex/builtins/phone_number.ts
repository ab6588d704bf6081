import { longestEnd } from "./digit_groups.ts";
import { isDigitCode, isWordCode, type NumberForm } from "./digits.ts";
import type { PhonePlans } from "./phone_plans.ts";

const DIGITS_MIN = 7;
const DIGITS_MAX = 15;
const GROUPS_MAX = 7;
const SIGNS_MAX = 3;

/** Telephone numbers that the plans of their countries know. */
export function phoneNumber(plans: PhonePlans): NumberForm {
  return {
    // `x` because what follows it tells whether it is an extension.
    signs: "+()-./ xX",
    openers: "+(",
    // What is no number of any country is none of this one either.
    notAfter: "+",
    // The digits, the signs between them, two openers, and two characters behind.
    lengthMax: DIGITS_MAX + SIGNS_MAX * (GROUPS_MAX - 1) + 4,
    endAt(text, index) {
      const opener = /^[(+]{0,2}/.exec(text.slice(index, index + 2))?.[0] ?? "";
      const first = index + opener.length;
      if (!isDigitCode(text.charCodeAt(first)) || isDate(text, first)) return -1;
      const isValid = opener.includes("+") ? plans.isInternational : isNational;
      const grouping = { signs: "()-./ ", signsMax: SIGNS_MAX, digitsMax: DIGITS_MAX, mayEndAt };
      return longestEnd(text, first, grouping, ({ digits, lengths }) => {
        if (digits.length < DIGITS_MIN || lengths.length > GROUPS_MAX) return false;
        return isValid(digits, lengths);
      });
    },
  };

  /** Where no zero begins it, the last group is that of the line, and no cents or thousands. */
  function isNational(digits: string, lengths: readonly number[]): boolean {
    return (digits.startsWith("0") || (lengths.at(-1) ?? 0) >= 4) && plans.isNational(digits);
  }
}

/** Before no word character, unless that is the `x` of an extension. */
function mayEndAt(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  return !isWordCode(code) ||
    ((code | 32) === 120 && isDigitCode(text.charCodeAt(index + 1)));
}

const DATE = /^(?:\d{4}([-./])\d{1,2}\1\d{1,2}|\d{1,2}([-./])\d{1,2}\2\d{4})(?!\d)/;

/** Dates are written with the same signs. */
function isDate(text: string, index: number): boolean {
  return DATE.test(text.slice(index, index + 11));
}
