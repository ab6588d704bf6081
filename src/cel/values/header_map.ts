import { MapObject } from "./cel_object.ts";
import { Redacted } from "./redacted.ts";

/** How the values of a header are shown. */
type Form = "default" | "join" | "raw" | "split";

/** Headers that carry secrets, whoever sends them. */
const SENSITIVE = new Set([
  "authorization",
  "proxy-authorization",
  "cookie",
  "set-cookie",
  "x-api-key",
  "api-key",
  "x-goog-api-key",
  "x-amz-security-token",
]);

/**
 * Headers in an expression: looked up without regard to case, a text each, or a list where there
 * are several.
 *
 * `Headers` joins repeated fields with a comma, so that only `set-cookie` is ever several.
 */
export class HeaderMap extends MapObject {
  readonly #headers: Headers;
  readonly #sensitive: ReadonlySet<string>;
  readonly #form: Form;
  readonly #isRedacted: boolean;

  /** `sensitive` names more headers that carry secrets, in lower case. */
  constructor(
    headers: Headers,
    sensitive: ReadonlySet<string> = new Set(),
    form: Form = "default",
    isRedacted = false,
  ) {
    super();
    this.#headers = headers;
    this.#sensitive = sensitive;
    this.#form = form;
    this.#isRedacted = isRedacted;
  }

  override get(key: string): unknown {
    const name = key.toLowerCase();
    const values = this.#valuesOf(name);
    if (values === undefined) return undefined;
    const isHidden = this.#isRedacted && (SENSITIVE.has(name) || this.#sensitive.has(name));
    const shown = isHidden ? values.map((value) => new Redacted(value)) : values;
    switch (this.#form) {
      case "default":
        return shown.length === 1 ? shown[0] : shown;
      case "raw":
        return shown;
      case "join":
        return isHidden ? shown[0] : values.join(",");
      case "split":
        return isHidden ? shown : values.flatMap((value) => value.split(",").map(trim));
    }
  }

  override keys(): string[] {
    return [...new Set(this.#headers.keys())];
  }

  /** The same headers, each in another form. */
  in(form: Form): HeaderMap {
    return new HeaderMap(this.#headers, this.#sensitive, form, this.#isRedacted);
  }

  /** The same headers, with secrets redacted. */
  redacted(): HeaderMap {
    return new HeaderMap(this.#headers, this.#sensitive, this.#form, true);
  }

  /** The value of a cookie that the client sent; undefined where it sent none of that name. */
  cookie(name: string): unknown {
    for (const pair of (this.#headers.get("cookie") ?? "").split(";")) {
      const equals = pair.indexOf("=");
      if (equals < 0 || pair.slice(0, equals).trim() !== name) continue;
      const value = unquote(pair.slice(equals + 1).trim());
      return this.#isRedacted ? new Redacted(value) : value;
    }
    return undefined;
  }

  #valuesOf(name: string): readonly string[] | undefined {
    try {
      if (name === "set-cookie") {
        const cookies = this.#headers.getSetCookie();
        return cookies.length === 0 ? undefined : cookies;
      }
      const value = this.#headers.get(name);
      return value === null ? undefined : [value];
    } catch {
      // What can be no header's name is the name of none.
      return undefined;
    }
  }
}

function trim(value: string): string {
  return value.trim();
}

function unquote(value: string): string {
  return /^".*"$/.test(value) ? value.slice(1, -1) : value;
}
