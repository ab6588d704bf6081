import { longestEnd } from "./digit_groups.ts";
import { isDigitCode, type NumberForm, passesLuhn } from "./digits.ts";

/** U.S. Social Security numbers, by the rules for what the administration gives out. */
export const socialSecurityNumber: NumberForm = {
  signs: "-. ",
  lengthMax: 13,
  endAt: (text, index) => {
    if (!isDigitCode(text.charCodeAt(index))) return -1;
    return longestEnd(text, index, { signs: "-. ", signsMax: 1, digitsMax: 9 }, ({
      digits,
      lengths,
    }) => SSN_GROUPS.has(lengths.join("-")) && isSocialSecurityNumber(digits));
  },
};

const SSN_GROUPS: ReadonlySet<string> = new Set(["3-2-4", "5-4", "3-6", "9"]);

/** Area 000, 666 and from 900 on, group 00 and serial 0000 are never given out. */
function isSocialSecurityNumber(digits: string): boolean {
  const area = digits.slice(0, 3);
  return area !== "000" && area !== "666" && area < "900" && digits.slice(3, 5) !== "00" &&
    digits.slice(5) !== "0000";
}

/** Canadian Social Insurance Numbers, by their check digit. */
export const socialInsuranceNumber: NumberForm = {
  signs: "- ",
  lengthMax: 13,
  endAt: (text, index) => {
    if (!isDigitCode(text.charCodeAt(index))) return -1;
    return longestEnd(text, index, { signs: "- ", signsMax: 1, digitsMax: 9 }, ({
      digits,
      lengths,
    }) => SIN_GROUPS.has(lengths.join("-")) && /[1-9]/.test(digits) && passesLuhn(digits));
  },
};

const SIN_GROUPS: ReadonlySet<string> = new Set(["3-3-3", "9"]);
