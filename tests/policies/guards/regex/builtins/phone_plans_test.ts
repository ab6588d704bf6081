/** The plans are the library's, read without its parser: here they are held against it. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { parsePhoneNumberFromString } from "libphonenumber-js/max";
import { phonePlans } from "../../../../../src/policies/guards/regex/builtins/phone_plans.ts";

const plans = phonePlans();

const COUNTRIES = ["US", "CA", "GB", "DE", "IL", "IN", "BR"] as const;

const digits = (min: number, max: number) =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: min, maxLength: max })
    .map((list) => list.join(""));

Deno.test("phonePlans() knows the numbers of its countries as the library does", () => {
  const number = fc.tuple(fc.constantFrom("US", "CA", "IN", "BR"), digits(7, 12))
    .filter(([, text]) => !text.startsWith("0") && !text.startsWith("1"));
  fc.assert(
    fc.property(number, ([country, text]) => {
      const parsed = parsePhoneNumberFromString(text, country);
      // The library also undoes a calling code without `+`.
      const isValid = parsed?.isValid() === true && parsed.nationalNumber === text;
      if (isValid) assert.ok(plans.isNational(text), text);
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("phonePlans() takes no number that no country has", () => {
  fc.assert(
    fc.property(digits(7, 12).filter((text) => !text.startsWith("0")), (text) => {
      const isValid = COUNTRIES
        .some((country) => parsePhoneNumberFromString(text, country)?.isValid() === true);
      if (plans.isNational(text)) assert.ok(isValid, text);
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("phonePlans() knows numbers with a calling code as the library does", () => {
  const number = digits(7, 14).filter((text) => !text.startsWith("0"));
  fc.assert(
    fc.property(number, (text) => {
      const parsed = parsePhoneNumberFromString(`+${text}`);
      // The library undoes what is dialled within some countries, which nobody writes after `+`.
      const isPlain = parsed !== undefined &&
        !parsed.nationalNumber.startsWith("0") &&
        text === parsed.countryCallingCode + parsed.nationalNumber;
      if (isPlain) assert.equal(plans.isInternational(text), parsed.isValid(), text);
    }),
    { numRuns: 5_000 },
  );
});

Deno.test("phonePlans() takes the zero of the national form after a calling code", () => {
  assert.ok(plans.isInternational("4402079460958"));
  assert.ok(plans.isNational("00442079460958"));
  assert.equal(plans.isInternational("440000000000"), false);
});
