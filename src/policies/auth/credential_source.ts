import type { Expression } from "../../cel/expression.ts";
import { valueOf } from "../expression_values.ts";
import type { Subject } from "../subject.ts";

/** Where a client's credential may stand. */
export type CredentialPlace =
  | { readonly type: "header"; readonly name: string; readonly prefix: string }
  | { readonly type: "query"; readonly name: string }
  | { readonly type: "cookie"; readonly name: string }
  | { readonly type: "expression"; readonly expression: Expression };

/** Finds a client's credential, and takes it out of the request. */
export interface CredentialSource {
  /** The credential of the first place that has one. */
  read(subject: Subject): string | undefined;
  /** Takes a credential out of all the places; what is there beside it stays. */
  remove(subject: Subject, credential: string): void;
}

/** The place of HTTP's bearer tokens. */
export const BEARER: CredentialPlace = { type: "header", name: "authorization", prefix: "Bearer " };

/** Looks at places in their order. */
export function credentialSource(places: readonly CredentialPlace[]): CredentialSource {
  return {
    read(subject) {
      for (const place of places) {
        const found = read(subject, place);
        if (found !== undefined) return found;
      }
      return undefined;
    },
    remove(subject, credential) {
      // SDKs send a key in two places at once; neither may go on to the upstream.
      for (const place of places) {
        if (read(subject, place) === credential) remove(subject, place);
      }
    },
  };
}

function read(subject: Subject, place: CredentialPlace): string | undefined {
  switch (place.type) {
    case "header":
      return afterPrefix(subject.head.headers.get(place.name), place.prefix);
    case "query":
      return queryPairs(subject.head.query).find(({ name }) => name === place.name)?.value ||
        undefined;
    case "cookie":
      return cookies(subject.head.headers).find(({ name }) => name === place.name)?.value ||
        undefined;
    case "expression":
      return evaluated(subject, place.expression);
  }
}

function remove(subject: Subject, place: CredentialPlace): void {
  switch (place.type) {
    case "header":
      return subject.editHeaders((headers) => headers.delete(place.name));
    case "query":
      return subject.rewrite({ query: queryWithout(subject.head.query, place.name) });
    case "cookie":
      return subject.editHeaders((headers) => removeCookie(headers, place.name));
    case "expression":
      return; // What it read may be a part of anything.
  }
}

/** Prefixes are schemes of HTTP, which are alike in any case. */
function afterPrefix(value: string | null, prefix: string): string | undefined {
  if (value === null) return undefined;
  if (value.slice(0, prefix.length).toLowerCase() !== prefix.toLowerCase()) return undefined;
  return value.slice(prefix.length).trim() || undefined;
}

function evaluated(subject: Subject, expression: Expression): string | undefined {
  const value = valueOf(expression, subject.variables);
  return typeof value === "string" && value !== "" ? value : undefined;
}

interface Pair {
  readonly name: string;
  readonly value: string;
  /** As it is written. */
  readonly text: string;
}

function queryPairs(query: string): readonly Pair[] {
  if (query.length < 2) return [];
  return query.slice(1).split("&").map((text) => {
    const [name = "", value = ""] = [...new URLSearchParams(text)][0] ?? [];
    return { name, value, text };
  });
}

/** Leaves the other parameters as they were written. */
function queryWithout(query: string, name: string): string {
  const kept = queryPairs(query).filter((pair) => pair.name !== name);
  return kept.length === 0 ? "" : `?${kept.map(({ text }) => text).join("&")}`;
}

function cookies(headers: Headers): readonly Pair[] {
  const header = headers.get("cookie");
  if (header === null) return [];
  return header.split(";").map((part) => {
    const text = part.trim();
    const equals = text.indexOf("=");
    if (equals < 0) return { name: "", value: "", text };
    const value = text.slice(equals + 1).trim();
    return { name: text.slice(0, equals).trim(), value: unquoted(value), text };
  });
}

function unquoted(value: string): string {
  return /^".*"$/.test(value) ? value.slice(1, -1) : value;
}

function removeCookie(headers: Headers, name: string): void {
  const kept = cookies(headers).filter((cookie) => cookie.name !== name && cookie.text !== "");
  if (kept.length === 0) headers.delete("cookie");
  else headers.set("cookie", kept.map(({ text }) => text).join("; "));
}
