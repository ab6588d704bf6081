/** How much a log line matters; `off` silences a scope. */
export type Level = typeof LEVELS[number];

/** The level of each scope; the scope "" stands for all that have none of their own. */
export type Directives = ReadonlyMap<string, Level>;

/** Which log lines are written, changeable while the process runs. */
export interface LogLevels {
  /** The directives in force, as they would be written in a config. */
  current(): string;
  /** Puts directives over those in force. */
  add(directives: Directives): void;
  /** Returns to the directives of the start. */
  reset(): void;
  enabled(level: Exclude<Level, "off">, scope: string): boolean;
}

const LEVELS = ["off", "error", "warn", "info", "debug", "trace"] as const;
const DEFAULT_LEVEL = "info";

/** The name that users of the reference put before its modules, and that its lines leave out. */
const PRODUCT = "agentgateway";
const PRODUCT_PREFIX = `${PRODUCT}::`;

/** The one scope that users address as no part of the product: the access log. */
const REQUEST = "request";

const SCOPE = /^[\w-]+(::[\w-]+)*$/;

/**
 * Reads `info,proxy::httpproxy=trace` or the same as a list.
 *
 * A bare word has to be a level; where `RUST_LOG` would take any other word as a scope at `trace`,
 * a mistyped level would turn everything off without a word.
 */
export function parseDirectives(
  text: string | readonly string[],
): Directives | { readonly error: string } {
  const directives = new Map<string, Level>();
  for (const part of [text].flat().join(",").split(",").map((part) => part.trim())) {
    if (part === "") continue;
    const equals = part.indexOf("=");
    const scope = equals === -1 ? "" : part.slice(0, equals).trim();
    const word = part.slice(equals + 1).trim().toLowerCase();
    const level = LEVELS.find((level) => level === word);
    if (level === undefined) {
      const known = LEVELS.join(", ");
      return { error: `cannot read log level "${part}": because the level is none of ${known}` };
    }
    if (equals !== -1 && !SCOPE.test(scope)) {
      return { error: `cannot read log level "${part}": because "${scope}" is no scope` };
    }
    directives.set(withoutProduct(scope), level);
  }
  return directives;
}

/** Starts with `initial`; scopes it leaves open are at `info`. */
export function createLogLevels(initial: Directives = new Map()): LogLevels {
  let directives = initial;
  const ranks = new Map<string, number>();

  function rankOf(scope: string): number {
    let rank = ranks.get(scope);
    if (rank === undefined) {
      rank = LEVELS.indexOf(levelOf(directives, scope));
      ranks.set(scope, rank);
    }
    return rank;
  }

  function replace(next: Directives): void {
    directives = next;
    ranks.clear();
  }

  return {
    current: () => format(directives),
    add: (added) => replace(new Map([...directives, ...added])),
    reset: () => replace(initial),
    enabled: (level, scope) => LEVELS.indexOf(level) <= rankOf(scope),
  };
}

/** The most specific directive wins: `a::b` before `a`, before the product, before the default. */
function levelOf(directives: Directives, scope: string): Level {
  for (let part = withoutProduct(scope); part !== ""; part = parentOf(part)) {
    const level = directives.get(part);
    if (level !== undefined) return level;
  }
  const product = scope === REQUEST ? undefined : directives.get(PRODUCT);
  return product ?? directives.get("") ?? DEFAULT_LEVEL;
}

function parentOf(scope: string): string {
  return scope.slice(0, Math.max(0, scope.lastIndexOf("::")));
}

function withoutProduct(scope: string): string {
  return scope.startsWith(PRODUCT_PREFIX) ? scope.slice(PRODUCT_PREFIX.length) : scope;
}

function format(directives: Directives): string {
  const base = directives.get("") ?? DEFAULT_LEVEL;
  const scoped = [...directives].filter(([scope]) => scope !== "");
  return [base, ...scoped.map(([scope, level]) => `${scope}=${level}`)].join(",");
}
