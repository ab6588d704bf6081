/** The hash of a user's password, in one of the forms that Apache's htpasswd writes. */
export type PasswordHash =
  | { readonly type: "bcrypt"; readonly hash: string; readonly cost: number }
  | { readonly type: "sha1"; readonly digest: string }
  | { readonly type: "apr1"; readonly salt: string; readonly digest: string };

/** Users by their names, and what is wrong with the text; no message quotes a line of it. */
export interface ParsedHtpasswd {
  readonly users: ReadonlyMap<string, PasswordHash>;
  readonly problems: readonly string[];
}

/** The highest cost that is taken: more is minutes of work for one password. */
const COST_MAX = 16;

/** Reads the text of an htpasswd file. */
export function parseHtpasswd(text: string): ParsedHtpasswd {
  const users = new Map<string, PasswordHash>();
  const problems: string[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const entry = line.trim();
    if (entry === "" || entry.startsWith("#")) continue;
    const [name, hash] = split(entry);
    const read = hash === undefined ? "must be user:hash" : passwordHash(hash);
    const problem = typeof read === "string"
      ? read
      : users.has(name)
      ? "must be of a user who has no line before"
      : undefined;
    if (problem !== undefined) problems.push(`line ${index + 1} ${problem}`);
    else if (typeof read !== "string") users.set(name, read);
  }
  return { users, problems };
}

function split(entry: string): readonly [string, string | undefined] {
  const colon = entry.indexOf(":");
  return colon < 1 ? [entry, undefined] : [entry.slice(0, colon), entry.slice(colon + 1)];
}

const FORMS = "bcrypt (htpasswd -B), {SHA} or $apr1$";

function passwordHash(text: string): PasswordHash | string {
  if (/^\$2[aby]\$/.test(text)) return bcryptHash(text);
  const [, digest] = /^\{SHA\}([A-Za-z\d+/]{27}=)$/.exec(text) ?? [];
  if (digest !== undefined) return { type: "sha1", digest };
  const [, salt, apr1] = /^\$apr1\$([^$]{1,8})\$([./A-Za-z\d]{22})$/.exec(text) ?? [];
  if (salt !== undefined && apr1 !== undefined) return { type: "apr1", salt, digest: apr1 };
  return /^(\$|\{)/.test(text)
    ? `has a hash that is not supported: use ${FORMS}`
    : `must not hold a plain password, nor one of crypt: use ${FORMS}`;
}

function bcryptHash(hash: string): PasswordHash | string {
  const [, digits] = /^\$2[aby]\$(\d\d)\$[./A-Za-z\d]{53}$/.exec(hash) ?? [];
  const cost = Number(digits);
  if (digits === undefined || cost < 4) return "has a bcrypt hash that is not whole";
  if (cost > COST_MAX) return `has a bcrypt hash of cost ${cost}: at most ${COST_MAX} is taken`;
  return { type: "bcrypt", hash, cost };
}
