/** The label value where nothing is known. */
export const UNKNOWN = "unknown";

/** The label value that stands for all that have no series of their own. */
export const OTHER = "other";

/** How many values of one label get series of their own. */
export const LABEL_VALUES_MAX = 200;

/** Where longer label values are cut. */
export const LABEL_VALUE_LENGTH_MAX = 128;

/** Keeps label values that clients or providers choose from multiplying series without end. */
export interface LabelCap {
  /**
   * The value to use for a label of which the values are not known before.
   *
   * A new value gets a series unless `admits` is false: what fails must not use up the room.
   */
  fold(label: string, value: string | undefined, admits?: boolean): string;
  /** Keeps room for values that the configuration names, beside those that come along. */
  reserve(label: string, values: readonly string[]): void;
  /** The value to use for a label of which they are. */
  foldUnlisted(label: string, value: string, listed: ReadonlySet<string>): string;
}

/** Admits the first values of each label, and tells of each time that one has to be `other`. */
export function createLabelCap(onFolded: (label: string) => void): LabelCap {
  const admittedByLabel = new Map<string, Map<string, string>>();
  const reservedByLabel = new Map<string, ReadonlySet<string>>();

  function admittedOf(label: string): Map<string, string> {
    const admitted = admittedByLabel.get(label) ?? new Map<string, string>();
    admittedByLabel.set(label, admitted);
    return admitted;
  }

  return {
    reserve(label, values) {
      reservedByLabel.set(label, new Set(values.filter((value) => value === cleaned(value))));
    },
    fold(label, value, admits = true) {
      if (value === undefined || value === "") return UNKNOWN;
      if (reservedByLabel.get(label)?.has(value)) return value;
      const admitted = admittedOf(label);
      const key = value.length > LABEL_VALUE_LENGTH_MAX ? cleaned(value) : value;
      const known = admitted.get(key);
      if (known !== undefined) return known;
      if (!admits || admitted.size >= LABEL_VALUES_MAX) {
        onFolded(label);
        return OTHER;
      }
      const clean = cleaned(value);
      admitted.set(key, clean);
      return clean;
    },
    foldUnlisted(label, value, listed) {
      if (listed.has(value)) return value;
      onFolded(label);
      return OTHER;
    },
  };
}

/** What no text format carries safely: a scraper may stop at NUL, and half a pair is no UTF-8. */
const UNSAFE = /^[\p{Cc}\p{Cs}]$/u;

/** Made of its characters anew, so that a short value does not keep a long one in memory. */
function cleaned(value: string): string {
  const characters = Array.from(value.slice(0, LABEL_VALUE_LENGTH_MAX));
  return characters.map((one) => UNSAFE.test(one) ? "\u{fffd}" : one).join("");
}
