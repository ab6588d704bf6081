import type { Subject } from "../subject.ts";

/** The cookies of one policy. */
export interface CookieJar {
  /** The value of a cookie of a request; names are without what all of them begin with. */
  read(subject: Subject, name: string): string | undefined;
  /** The names of all cookies of a request that are the policy's. */
  names(subject: Subject): readonly string[];
  /** Takes the policy's cookies out of a request. */
  strip(subject: Subject): void;
  /** The header that sets a cookie: until the browser is closed, or for so long. */
  set(name: string, value: string, maxAgeS?: number): string;
  /** The header that takes a cookie back. */
  expire(name: string): string;
}

interface CookieOptions {
  /** What the names begin with. */
  readonly prefix: string;
  /** Whether browsers come over TLS. */
  readonly isSecure: boolean;
}

/** The cookies of a policy; over TLS, no other host can set them in our place. */
export function cookieJar({ prefix, isSecure }: CookieOptions): CookieJar {
  const start = (isSecure ? "__Host-" : "") + prefix;
  const flags = `; Path=/; HttpOnly; SameSite=Lax${isSecure ? "; Secure" : ""}`;
  const own = (subject: Subject) =>
    pairs(subject).filter(({ name }) => name.startsWith(start))
      .map(({ name, value }) => ({ name: name.slice(start.length), value }));
  return {
    read: (subject, name) => own(subject).find((cookie) => cookie.name === name)?.value,
    names: (subject) => own(subject).map(({ name }) => name),
    strip(subject) {
      const all = pairs(subject);
      const kept = all.filter(({ name }) => !name.startsWith(start));
      if (kept.length === all.length) return;
      subject.editHeaders((headers) => {
        if (kept.length === 0) headers.delete("cookie");
        else headers.set("cookie", kept.map(({ text }) => text).join("; "));
      });
    },
    set(name, value, maxAgeS) {
      const age = maxAgeS === undefined ? "" : `; Max-Age=${maxAgeS}`;
      return `${start}${name}=${value}${age}${flags}`;
    },
    expire: (name) => `${start}${name}=; Max-Age=0${flags}`,
  };
}

function pairs({ head }: Subject) {
  const header = head.headers.get("cookie");
  if (header === null) return [];
  return header.split(/;|, (?=[^;,=\s]+=)/).flatMap((part) => {
    const text = part.trim();
    const equals = text.indexOf("=");
    if (text === "") return [];
    return equals < 0
      ? [{ name: "", value: "", text }]
      : [{ name: text.slice(0, equals).trim(), value: text.slice(equals + 1).trim(), text }];
  });
}
