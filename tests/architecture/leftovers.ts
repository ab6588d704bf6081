import type { Violation } from "./module.ts";

const RULES: readonly { readonly found: RegExp; readonly message: string }[] = [
  // The first letter is bracketed so that this file does not contain what it looks for.
  { found: /\b([T]ODO|[F]IXME|[X]XX|[H]ACK)\b/, message: "is a leftover: do it, or open an issue" },
  {
    found: /(?<![\w.$}{/-])\/(root|work|home|Users)\/[\w.-]+/,
    message: "is a path of one machine",
  },
  {
    found: /\b(registry\.[a-z]+\.[a-z]+|(npmjs|pypi|crates|jsr)\.(org|com|io)|deb\.debian\.org)\b/,
    message: "is the host of a package registry",
  },
];

/** Text that does not speak of the product: leftovers, paths of one machine, registry hosts. */
export function leftoverViolations(path: string, text: string): Violation[] {
  return text.split("\n").flatMap((line, index) =>
    RULES.flatMap(({ found, message }) => {
      const match = found.exec(line);
      return match === null ? [] : [{ path, line: index + 1, message: `${match[0]} ${message}` }];
    })
  );
}
