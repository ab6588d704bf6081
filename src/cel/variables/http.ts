import { Fields, type FieldTable } from "../values/fields.ts";
import { HeaderMap } from "../values/header_map.ts";
import { Timestamp } from "../values/timestamp.ts";
import { wholeNumber } from "./whole_number.ts";

/** A request as expressions may look at it. */
export interface RequestView {
  readonly method: string;
  readonly scheme: string;
  /** Host and port as the client sent them. */
  readonly authority: string;
  /** Without the query. */
  readonly path: string;
  /** With its `?`; empty when there is none. */
  readonly query: string;
  readonly headers: Headers;
  /** `HTTP/1.1`. */
  readonly version?: string | undefined;
  /** The whole body, the same bytes each time, if it is at hand; undefined where it is not. */
  readonly body?: (() => Uint8Array | undefined) | undefined;
  /** As much of the body as is at hand, where the whole is too large. */
  readonly bodyPrefix?: (() => Uint8Array | undefined) | undefined;
  readonly startedAtEpochMs?: number | undefined;
  readonly endedAtEpochMs?: number | undefined;
  /** Names, in lower case, of more headers that `redacted()` hides. */
  readonly sensitiveHeaders?: ReadonlySet<string> | undefined;
}

/** What `request` is in expressions. */
export function requestVariable(request: RequestView): unknown {
  return new Fields(requestFields, request);
}

const requestFields: FieldTable<RequestView> = {
  method: ({ method }) => method,
  uri: ({ scheme, authority, path, query }) => `${scheme}://${authority}${path}${query}`,
  host: ({ authority }) => authority,
  scheme: ({ scheme }) => scheme,
  path: ({ path }) => path,
  pathAndQuery: ({ path, query }) => path + query,
  version: ({ version }) => version,
  headers: ({ headers, sensitiveHeaders }) => new HeaderMap(headers, sensitiveHeaders),
  body: ({ body }) => body?.(),
  bodyPrefix: ({ body, bodyPrefix }) => bodyPrefix?.() ?? body?.(),
  startTime: ({ startedAtEpochMs }) => instant(startedAtEpochMs),
  endTime: ({ endedAtEpochMs }) => instant(endedAtEpochMs),
};

/** An answer as expressions may look at it. */
export interface ResponseView {
  readonly status: number;
  readonly headers: Headers;
  readonly grpcStatus?: number | undefined;
  /** As of requests. */
  readonly body?: (() => Uint8Array | undefined) | undefined;
  readonly bodyPrefix?: (() => Uint8Array | undefined) | undefined;
  readonly sensitiveHeaders?: ReadonlySet<string> | undefined;
}

/** What `response` is in expressions. */
export function responseVariable(response: ResponseView): unknown {
  return new Fields(responseFields, response);
}

const responseFields: FieldTable<ResponseView> = {
  code: ({ status }) => wholeNumber(status),
  grpcStatus: ({ grpcStatus }) => wholeNumber(grpcStatus),
  headers: ({ headers, sensitiveHeaders }) => new HeaderMap(headers, sensitiveHeaders),
  body: ({ body }) => body?.(),
  bodyPrefix: ({ body, bodyPrefix }) => bodyPrefix?.() ?? body?.(),
};

function instant(epochMs: number | undefined): Timestamp | undefined {
  return epochMs === undefined ? undefined : Timestamp.ofMs(epochMs);
}
