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
  const known = new Map<string, readonly Plan[]>();
  function plansOf(callingCode: string): readonly Plan[] {
    const made = known.get(callingCode);
    if (made !== undefined) return made;
    const plans = plansWith(callingCode);
    known.set(callingCode, plans);
    return plans;
  }
  function isHome(digits: string, { callingCode, prefix, needsPrefix }: Home): boolean {
    const rest = digits.startsWith(prefix) ? digits.slice(prefix.length) : undefined;
    return plansOf(callingCode).some((plan) =>
      (rest !== undefined && plan(rest)) || (!needsPrefix && plan(digits))
    );
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
      HOMES.some((home) => isHome(digits, home)) ||
      (digits.startsWith("00") && isInternational(digits.slice(2))),
  };
}

type Plan = (digits: string) => boolean;

/** Countries whose numbers are found without their calling code. */
interface Home {
  readonly callingCode: string;
  /** What is dialled before a number within them. */
  readonly prefix: string;
  /** Where nobody leaves that out it is needed, or any long number would do. */
  readonly needsPrefix: boolean;
}

/** North America, Britain, Germany, Israel, India and Brazil. */
const HOMES: readonly Home[] = [
  { callingCode: "1", prefix: "1", needsPrefix: false },
  { callingCode: "44", prefix: "0", needsPrefix: true },
  { callingCode: "49", prefix: "0", needsPrefix: true },
  { callingCode: "972", prefix: "0", needsPrefix: true },
  { callingCode: "91", prefix: "0", needsPrefix: false },
  { callingCode: "55", prefix: "0", needsPrefix: false },
];

/** The plans of all countries that share a calling code. */
function plansWith(callingCode: string): readonly Plan[] {
  const countries = metadata.country_calling_codes[callingCode] ?? [];
  const records = [
    ...countries.map((country) => metadata.countries[country]),
    metadata.nonGeographic[callingCode],
  ];
  return records.filter((record) => record !== undefined).map(planOf);
}

/** Where a plan has the expression for all of its numbers, and those for each of their types. */
const ALL_NUMBERS = 2;
const TYPES = 11;

function planOf(record: readonly unknown[]): Plan {
  const all = whole([patternIn(record[ALL_NUMBERS])]);
  const types = record[TYPES];
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
