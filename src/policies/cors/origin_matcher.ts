import { type Origin, parseOrigin } from "../../lib/origin.ts";

/**
 * Tells origins that a list covers. `*` in the host of an entry stands for any text, dots too; `*`
 * alone covers everything, `null` too.
 */
export function originMatcher(patterns: readonly string[]): (origin: string) => boolean {
  if (patterns.includes("*")) return () => true;
  const parsed = patterns.map(parseOrigin).filter((origin) => origin !== undefined);
  const exact = new Set(parsed.filter(({ host }) => !host.includes("*")).map(keyOf));
  const wildcards = parsed.filter(({ host }) => host.includes("*")).map(wildcardMatcher);
  return (text) => {
    const origin = parseOrigin(text);
    if (origin === undefined) return false;
    return exact.has(keyOf(origin)) || wildcards.some((matches) => matches(origin));
  };
}

function keyOf({ scheme, host, port }: Origin): string {
  return `${scheme}://${host}:${port}`;
}

/** Looks for the parts between the wildcards from left to right, which never has to go back. */
function wildcardMatcher({ scheme, host, port }: Origin): (origin: Origin) => boolean {
  const [first = "", ...rest] = host.split("*");
  const last = rest.pop() ?? "";
  return (origin) => {
    if (origin.scheme !== scheme || origin.port !== port) return false;
    const end = origin.host.length - last.length;
    if (!origin.host.startsWith(first) || !origin.host.endsWith(last)) return false;
    let at = first.length;
    for (const part of rest) {
      const found = origin.host.indexOf(part, at);
      if (found < 0) return false;
      at = found + part.length;
    }
    return at <= end;
  };
}
