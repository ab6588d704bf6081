/** The environment as the configuration sees it; `get` throws where reading is not allowed. */
export interface Environment {
  get(name: string): string | undefined;
}

/** A text with its variables replaced. */
export interface Expansion {
  readonly text: string;
  /** Names of the variables that the text came from. */
  readonly names: readonly string[];
  /** What hindered the expansion, one message for each. */
  readonly problems: readonly string[];
  /** Whether a default was taken, so that an empty text is what the author wrote. */
  readonly defaulted: boolean;
}

const VARIABLE = new RegExp(
  [
    /\$(?<escaped>\$)/,
    /\$(?<plain>[A-Za-z_]\w*)/,
    /\$\{(?<braced>[A-Za-z_]\w*)(?::-(?<fallback>[^}]*))?\}/,
    /\$\{/,
  ].map(({ source }) => source).join("|"),
  "g",
);

/**
 * Replaces `$NAME`, `${NAME}` and `${NAME:-default}`; `$$` is a dollar sign, and so is a `$` that
 * begins none of these. As in a shell, the default is also for a variable that is empty.
 */
export function expand(text: string, environment: Environment): Expansion {
  const names = new Set<string>();
  const problems = new Set<string>();
  let defaulted = false;
  const expanded = text.replace(VARIABLE, (...args) => {
    const part = expandOne(args.at(-1), environment);
    if (part.name !== undefined) names.add(part.name);
    if (part.problem !== undefined) problems.add(part.problem);
    defaulted ||= part.defaulted ?? false;
    return part.text;
  });
  return { text: expanded, names: [...names], problems: [...problems], defaulted };
}

interface Groups {
  readonly escaped?: string;
  readonly plain?: string;
  readonly braced?: string;
  readonly fallback?: string;
}

interface Part {
  readonly text: string;
  readonly name?: string;
  readonly problem?: string;
  readonly defaulted?: boolean;
}

function expandOne({ escaped, plain, braced, fallback }: Groups, environment: Environment): Part {
  if (escaped !== undefined) return { text: "$" };
  const name = plain ?? braced;
  if (name === undefined) return { text: "", problem: MALFORMED };
  const found = lookUp(name, environment);
  if ("problem" in found) return { text: "", name, problem: found.problem };
  const { value = "" } = found;
  if (value === "" && fallback !== undefined) return { text: fallback, name, defaulted: true };
  return found.value === undefined
    ? { text: "", name, problem: unset(name) }
    : { text: value, name };
}

const MALFORMED = "must have the form ${NAME} or ${NAME:-default}; write $$ for a dollar sign";

type Found = { readonly value: string | undefined } | { readonly problem: string };

function lookUp(name: string, environment: Environment): Found {
  try {
    return { value: environment.get(name) };
  } catch {
    return {
      problem: `environment variable ${name} may not be read; allow it with --allow-env=${name}`,
    };
  }
}

function unset(name: string): string {
  return `environment variable ${name} is not set (use \${${name}:-default} to give a default)`;
}
