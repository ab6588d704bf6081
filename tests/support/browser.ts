import assert from "node:assert/strict";

/** Answers a request; a redirect is an answer like any other. */
export type Fetcher = (request: Request) => Promise<Response>;

interface BrowserOptions {
  /** Who answers for an origin; the network for all others. */
  readonly servers?: Readonly<Record<string, Fetcher>>;
}

interface Cookie {
  readonly value: string;
  readonly isSecure: boolean;
}

/** What somebody sees in the end. */
export interface Page {
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
  /** Origin and path of everything that was asked for on the way. */
  readonly hops: readonly string[];
}

/** A browser: keeps cookies, follows redirects, and is strict about the flags of cookies. */
export class Browser {
  readonly #servers: Readonly<Record<string, Fetcher>>;
  readonly #cookies = new Map<string, Map<string, Cookie>>();

  constructor({ servers = {} }: BrowserOptions = {}) {
    this.#servers = servers;
  }

  /** Goes to an address, as when somebody types it. */
  async open(url: string, { hopsMax = 10 }: { readonly hopsMax?: number } = {}): Promise<Page> {
    const hops: string[] = [];
    let at = new URL(url);
    while (true) {
      hops.push(at.origin + at.pathname);
      const response = await this.send(at.href, { headers: NAVIGATION });
      const location = response.headers.get("location");
      if (response.status < 300 || response.status > 399 || location === null) {
        const { status, headers } = response;
        return { url: at.href, status, headers, body: await response.text(), hops };
      }
      await response.body?.cancel();
      if (hops.length >= hopsMax) {
        return { url: at.href, status: response.status, headers: response.headers, body: "", hops };
      }
      at = new URL(location, at);
    }
  }

  /** Sends one request with the cookies for it, as a script of a page does. */
  async send(url: string, init: RequestInit = {}): Promise<Response> {
    const { host, origin, protocol } = new URL(url);
    const headers = new Headers(init.headers);
    const cookies = [...this.#cookies.get(host) ?? []]
      .filter(([, { isSecure }]) => !isSecure || protocol === "https:")
      .map(([name, { value }]) => `${name}=${value}`);
    if (cookies.length > 0) headers.set("cookie", cookies.join("; "));
    const request = new Request(url, { ...init, headers, redirect: "manual" });
    const response = await (this.#servers[origin] ?? fetch)(request);
    for (const text of response.headers.getSetCookie()) this.#keep(host, protocol, text);
    return response;
  }

  /** The cookies of a host, by name. */
  cookies(host: string): Map<string, string> {
    const kept = this.#cookies.get(host) ?? new Map<string, Cookie>();
    return new Map([...kept].map(([name, { value }]) => [name, value]));
  }

  /** Puts a cookie there that nobody has set. */
  plant(host: string, name: string, value: string): void {
    const kept = this.#cookies.get(host) ?? new Map();
    this.#cookies.set(host, kept.set(name, { value, isSecure: false }));
  }

  /** Forgets all cookies. */
  forget(): void {
    this.#cookies.clear();
  }

  #keep(host: string, protocol: string, text: string): void {
    assert.ok(text.length <= 4_096, `a cookie of ${text.length} bytes would be dropped`);
    const [pair = "", ...flags] = text.split("; ");
    const equals = pair.indexOf("=");
    const name = pair.slice(0, equals);
    const value = pair.slice(equals + 1);
    assert.match(name, /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/);
    assert.match(value, /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*$/);
    const isSecure = flags.includes("Secure");
    assert.ok(flags.includes("HttpOnly"), "no script may read it");
    assert.ok(flags.includes("SameSite=Lax"), "no other site may send it along");
    assert.ok(flags.includes("Path=/"));
    assert.ok(!flags.some((flag) => flag.startsWith("Domain")));
    assert.equal(isSecure, protocol === "https:");
    assert.equal(name.startsWith("__Host-"), isSecure, "no other host may set it");
    const kept = this.#cookies.get(host) ?? new Map();
    this.#cookies.set(host, kept);
    if (flags.includes("Max-Age=0")) kept.delete(name);
    else kept.set(name, { value, isSecure });
  }
}

const NAVIGATION = {
  accept: "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
  "sec-fetch-mode": "navigate",
  "sec-fetch-dest": "document",
};
