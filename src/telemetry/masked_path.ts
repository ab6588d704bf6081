/** Stands for a secret in a log. */
const MASK = "***";

/** Endings of parameter names, in lower case and without punctuation, that go with a secret. */
const SECRET_NAME =
  /(key|token|secret|signature|sig|password|passwd|pwd|credentials?|auth|authorization|jwt|code)$/;

/**
 * A path for a log: whole, but for the values of query parameters that are named like a secret.
 *
 * Joined by hand, queries also have `?` and `;` between parameters. A parameter is looked for after
 * each of them, but a secret may contain them, so that it ends at `&` only.
 */
export function maskedPath(path: string): string {
  const query = path.indexOf("?");
  if (query === -1) return path;
  let masked = path.slice(0, query);
  let isHiding = false;
  for (const part of path.slice(query).split(/(?=[?&;])/)) {
    if (isHiding && !part.startsWith("&")) continue;
    const equals = part.indexOf("=");
    isHiding = equals !== -1 && isSecret(part.slice(1, equals));
    masked += isHiding ? part.slice(0, equals + 1) + MASK : part;
  }
  return masked;
}

function isSecret(name: string): boolean {
  return SECRET_NAME.test(decoded(name).toLowerCase().replace(/[^a-z0-9]/g, ""));
}

/** A server would decode `k%65y` before it looks for `key`. */
function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
