import type { Writer } from "protobufjs/minimal.js";
import {
  bytesField,
  intField,
  putMessage,
  putNumber,
  putText,
  readMessage,
  textField,
  uintField,
  writeMessage,
} from "../../lib/grpc/protobuf.ts";

/** The method of Envoy's rate limit service that says whether a request is within its limits. */
export const METHOD = "/envoy.service.ratelimit.v3.RateLimitService/ShouldRateLimit";

/** Units of time of a limit, by their number in the protocol. */
export const UNITS = ["", "second", "minute", "hour", "day", "month", "year"] as const;

/** What the service is told of a request, and what the request counts. */
export interface Descriptor {
  readonly entries: readonly { readonly key: string; readonly value: string }[];
  /** A whole number; 0 asks without counting. */
  readonly hits: number;
  /** A limit in place of the service's own. */
  readonly limit: { readonly requestsPerUnit: number; readonly unit: number } | undefined;
}

/** What the service says. */
export interface RateLimitAnswer {
  /** Undefined where it does not know. */
  readonly isOver: boolean | undefined;
  readonly statuses: readonly LimitStatus[];
  readonly responseHeaders: readonly HeaderPair[];
  readonly requestHeaders: readonly HeaderPair[];
  /** What the client of a refused request reads; empty for nothing. */
  readonly body: Uint8Array<ArrayBuffer>;
}

/** How it stands with the limit of a descriptor. */
export interface LimitStatus {
  readonly isOver: boolean;
  /** Undefined where no limit holds. */
  readonly limit: number | undefined;
  readonly remaining: number;
  readonly resetMs: number;
}

/** A header, its name in lower case. */
export type HeaderPair = readonly [name: string, value: string];

/** The bytes of a `RateLimitRequest`. */
export function encodeRequest(domain: string, descriptors: readonly Descriptor[]): Uint8Array {
  const [first] = descriptors;
  const isSame = descriptors.every(({ hits }) => hits === first?.hits);
  return writeMessage((writer) => {
    putText(writer, 1, domain);
    for (const one of descriptors) {
      putMessage(writer, 2, (inner) => putDescriptor(inner, one));
    }
    // Services of before 2025 know only one number for all descriptors, of which 0 means 1.
    if (first !== undefined && isSame && first.hits <= UINT32_MAX) putNumber(writer, 3, first.hits);
  });
}

const UINT32_MAX = 2 ** 32 - 1;

function putDescriptor(writer: Writer, { entries, hits, limit }: Descriptor): void {
  for (const { key, value } of entries) {
    putMessage(writer, 1, (entry) => {
      putText(entry, 1, key);
      putText(entry, 2, value);
    });
  }
  if (limit !== undefined) {
    putMessage(writer, 2, (inner) => {
      putNumber(inner, 1, limit.requestsPerUnit);
      putNumber(inner, 2, limit.unit);
    });
  }
  putMessage(writer, 3, (inner) => putNumber(inner, 1, hits));
}

const OK = 1;
const OVER_LIMIT = 2;

/** Reads a `RateLimitResponse`; throws where the bytes are none. */
export function decodeAnswer(bytes: Uint8Array): RateLimitAnswer {
  const statuses: LimitStatus[] = [];
  const responseHeaders: HeaderPair[] = [];
  const requestHeaders: HeaderPair[] = [];
  let code = 0;
  let body = new Uint8Array(0);
  readMessage(bytes, {
    1: uintField((value) => code = value),
    2: bytesField((status) => statuses.push(readStatus(status))),
    3: bytesField((header) => responseHeaders.push(readHeader(header))),
    4: bytesField((header) => requestHeaders.push(readHeader(header))),
    5: bytesField((value) => body = value),
  });
  const isOver = code === OVER_LIMIT ? true : code === OK ? false : undefined;
  return { isOver, statuses, responseHeaders, requestHeaders, body };
}

function readStatus(bytes: Uint8Array): LimitStatus {
  let code = 0;
  let limit: number | undefined;
  let remaining = 0;
  let resetMs = 0;
  readMessage(bytes, {
    1: uintField((value) => code = value),
    2: bytesField((inner) => {
      limit = 0;
      readMessage(inner, { 1: uintField((value) => limit = value) });
    }),
    3: uintField((value) => remaining = value),
    4: bytesField((inner) => {
      readMessage(inner, {
        1: intField((seconds) => resetMs += seconds * 1_000),
        2: intField((nanos) => resetMs += nanos / 1_000_000),
      });
    }),
  });
  return { isOver: code === OVER_LIMIT, limit, remaining, resetMs: Math.max(0, resetMs) };
}

function readHeader(bytes: Uint8Array): HeaderPair {
  let name = "";
  let value = "";
  readMessage(bytes, {
    1: textField((text) => name = text.toLowerCase()),
    2: textField((text) => value = text),
    3: bytesField((raw) => {
      if (raw.length > 0) value = new TextDecoder().decode(raw);
    }),
  });
  return [name, value];
}
