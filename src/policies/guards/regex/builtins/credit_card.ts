import { type Groups, longestEnd } from "./digit_groups.ts";
import { type NumberForm, passesLuhn } from "./digits.ts";

/** Numbers of payment cards, by what issuers' numbers begin with and by their check digit. */
export const creditCard: NumberForm = {
  signs: "- ",
  // Nineteen digits, a sign between any two groups of three, and two characters behind.
  lengthMax: 28,
  endAt: (text, index) => {
    if (!/[1-6]/.test(text.charAt(index))) return -1;
    return longestEnd(
      text,
      index,
      { signs: "- ", signsMax: 1, digitsMax: 19 },
      (groups) => isGrouped(groups) && isIssued(groups.digits) && passesLuhn(groups.digits),
    );
  },
};

/** In one piece, or as it is embossed: four digits, then groups of which only the last is short. */
function isGrouped({ lengths }: Groups): boolean {
  return lengths.length === 1 ||
    lengths.every((length, index) =>
      index === 0 ? length === 4 : length <= 7 && (length >= 3 || index === lengths.length - 1)
    );
}

/** Whether an issuer has numbers of this length that begin like this. */
function isIssued(digits: string): boolean {
  const { length } = digits;
  switch (digits.charAt(0)) {
    case "1":
      return length === 15;
    case "2":
      return length === 16 && digits >= "2221" && digits < "2721";
    case "3":
      return length >= 14;
    case "5":
      return digits < "56" && length >= 16;
    default:
      return length >= 13;
  }
}
