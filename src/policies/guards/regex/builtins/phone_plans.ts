import metadata from "libphonenumber-js/max/metadata";

/** Tells which digits are telephone numbers. */
export interface PhonePlans {
  /** With or without what is dialled before a number within its country. */
  isNational(digits: string): boolean;
  /** With a country's calling code first. */
  isInternational(digits: string): boolean;
}

/**
 * The numbering plans of libphonenumber, compiled to expressions: its own parser takes some 50 us
 * for each number, which on a list of them would block everybody else.
 */
export function phonePlans(): PhonePlans {
  const home = HOME.map(({ country, prefix, needsPrefix }) => {
    const plan = planOf(metadata.countries[country]);
    return (digits: string) =>
      (digits.startsWith(prefix) && plan(digits.slice(prefix.length))) ||
      (!needsPrefix && plan(digits));
  });
  const abroad = new Map<string, readonly Plan[]>();
  function plansOf(callingCode: string): readonly Plan[] {
    const known = abroad.get(callingCode);
    if (known !== undefined) return known;
    const countries = metadata.country_calling_codes[callingCode] ?? [];
    const records = [
      ...countries.map((country) => metadata.countries[country]),
      metadata.nonGeographic[callingCode],
    ];
    const plans = records.filter((record) => record !== undefined).map(planOf);
    abroad.set(callingCode, plans);
    return plans;
  }
  function isInternational(digits: string): boolean {
    return [1, 2, 3].some((length) => {
      const plans = plansOf(digits.slice(0, length));
      const rest = digits.slice(length);
      // Many write the zero of the national form too: +44 (0)20 ...
      return plans.some((plan) => plan(rest) || (rest.startsWith("0") && plan(rest.slice(1))));
    });
  }
  return {
    isInternational,
    isNational: (digits) =>
      home.some((plan) => plan(digits)) ||
      (digits.startsWith("00") && isInternational(digits.slice(2))),
  };
}

type Plan = (digits: string) => boolean;

/**
 * Countries whose numbers are found without their calling code, with what is dialled before a
 * number within them. Where nobody leaves that out it is needed, or any long number would do.
 */
const HOME = [
  { country: "US", prefix: "1", needsPrefix: false },
  { country: "CA", prefix: "1", needsPrefix: false },
  { country: "GB", prefix: "0", needsPrefix: true },
  { country: "DE", prefix: "0", needsPrefix: true },
  { country: "IL", prefix: "0", needsPrefix: true },
  { country: "IN", prefix: "0", needsPrefix: false },
  { country: "BR", prefix: "0", needsPrefix: false },
] as const;

/** Where a plan has the expression for all of its numbers, and those for each of their types. */
const ALL_NUMBERS = 2;
const TYPES = 11;

function planOf(record: readonly unknown[] | undefined): Plan {
  const all = whole([patternIn(record?.[ALL_NUMBERS])]);
  const types = record?.[TYPES];
  if (!Array.isArray(types) || types.length === 0) return (digits) => all.test(digits);
  const typed = whole(types.map((type: unknown) => Array.isArray(type) ? patternIn(type[0]) : ""));
  return (digits) => all.test(digits) && typed.test(digits);
}

/** A type without an expression of its own has that of the lines that do not move. */
function whole(patterns: readonly string[]): RegExp {
  return new RegExp(`^(?:${patterns.filter((pattern) => pattern !== "").join("|")})$`);
}

function patternIn(value: unknown): string {
  return typeof value === "string" ? value : "";
}
