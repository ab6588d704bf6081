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
  const names: string[] = [];
  const problems: string[] = [];
  let defaulted = false;
  const expanded = text.replace(VARIABLE, (...args) => {
    const groups: Partial<Record<string, string>> = args.at(-1);
    if (groups.escaped !== undefined) return "$";
    const name = groups.plain ?? groups.braced;
    if (name === undefined) {
      problems.push("must have the form ${NAME} or ${NAME:-default}; write $$ for a dollar sign");
      return "";
    }
    names.push(name);
    const found = lookUp(name, environment);
    if ("problem" in found) problems.push(found.problem);
    else if (found.value !== undefined && (found.value !== "" || groups.fallback === undefined)) {
      return found.value;
    } else if (groups.fallback === undefined) problems.push(unset(name));
    else defaulted = true;
    return groups.fallback ?? "";
  });
  return {
    text: expanded,
    names: [...new Set(names)],
    problems: [...new Set(problems)],
    defaulted,
  };
}

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
