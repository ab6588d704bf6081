import type { Rule } from "../finder.ts";
import { creditCard } from "./credit_card.ts";
import { numberFinder, type NumberForm } from "./digits.ts";
import { emailFinder } from "./email.ts";
import { phoneNumber } from "./phone_number.ts";
import { phonePlans } from "./phone_plans.ts";
import { socialInsuranceNumber, socialSecurityNumber } from "./social_numbers.ts";

/** The names of the recognisers. */
export type BuiltinName = "ssn" | "creditCard" | "phoneNumber" | "email" | "caSin";

/** The rule of a recogniser of personal data. */
export function builtinRule(name: BuiltinName): Rule {
  switch (name) {
    case "ssn":
      return numberRule("<SSN>", socialSecurityNumber, 9);
    case "creditCard":
      return numberRule("<CREDIT_CARD>", creditCard, 13);
    case "phoneNumber":
      return numberRule("<PHONE_NUMBER>", phoneNumber(phonePlans()), 7);
    case "caSin":
      return numberRule("<CA_SIN>", socialInsuranceNumber, 9);
    case "email":
      return {
        mask: "<EMAIL_ADDRESS>",
        mayFind: (text) => text.includes("@"),
        open: emailFinder,
      };
  }
}

function numberRule(mask: string, form: NumberForm, digitsMin: number): Rule {
  return {
    mask,
    mayFind: (text) => hasDigits(text, digitsMin),
    open: () => numberFinder(form),
  };
}

/** Whether a text has so many digits, wherever they stand. */
function hasDigits(text: string, count: number): boolean {
  let found = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code >= 48 && code <= 57 && ++found === count) return true;
  }
  return false;
}
