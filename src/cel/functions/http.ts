import { MissingError } from "../engine/select.ts";
import {
  binary,
  type FunctionTable,
  type Reader,
  ternary,
  text,
  unary,
} from "../engine/signature.ts";
import { HeaderMap } from "../values/header_map.ts";

const headers: Reader<HeaderMap> = (value) => value instanceof HeaderMap ? value : undefined;

/** Views of headers, and of the query of a path or URI. */
export const http: FunctionTable = {
  functions: {},
  methods: {
    redacted: [unary(headers, (given) => given.redacted())],
    join: [unary(headers, (given) => given.in("join"))],
    raw: [unary(headers, (given) => given.in("raw"))],
    split: [unary(headers, (given) => given.in("split"))],
    cookie: [
      binary(headers, text, (given, name) => {
        return given.cookie(name) ?? missing("the client sent no such cookie");
      }),
    ],
    query: [
      binary(text, text, (path, name) => {
        const values = queryOf(path).getAll(name);
        return values.length > 0 ? values : missing("the query has no such parameter");
      }),
    ],
    addQuery: [
      ternary(text, text, text, (path, name, value) => {
        const separator = !path.includes("?") ? "?" : /[?&]$/.test(path) ? "" : "&";
        return `${path}${separator}${new URLSearchParams([[name, value]])}`;
      }),
    ],
    setQuery: [
      ternary(text, text, text, (path, name, value) => {
        const mark = path.indexOf("?");
        const kept = mark < 0 ? [] : path.slice(mark + 1).split("&").filter((pair) => {
          return pair !== "" && !new URLSearchParams(pair).has(name);
        });
        const added = new URLSearchParams([[name, value]]).toString();
        return `${mark < 0 ? path : path.slice(0, mark)}?${[...kept, added].join("&")}`;
      }),
    ],
  },
};

function queryOf(path: string): URLSearchParams {
  const mark = path.indexOf("?");
  return new URLSearchParams(mark < 0 ? "" : path.slice(mark + 1));
}

function missing(message: string): never {
  throw new MissingError(message);
}
