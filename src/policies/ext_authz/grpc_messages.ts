import type { Writer } from "protobufjs/minimal.js";
import {
  bytesField,
  intField,
  putBytes,
  putMessage,
  putNumber,
  putText,
  putTexts,
  readMessage,
  textField,
  uintField,
  writeMessage,
} from "../../lib/grpc/protobuf.ts";
import { readStruct, writeStruct } from "../../lib/grpc/struct.ts";
import type { Mapping } from "../../lib/mapping.ts";
import { isForeignHeader, isForeignName } from "../shared/foreign_headers.ts";
import type { Allowed, Decision, HeaderChange } from "./check.ts";

/** The method of Envoy's authorization service. */
export const METHOD = "/envoy.service.auth.v3.Authorization/Check";

/** What a service is told of a request. */
export interface CheckQuestion {
  /** The client's address. */
  readonly source: { readonly address: string; readonly port: number };
  readonly epochMs: number;
  readonly id: string;
  readonly method: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** With the query. */
  readonly path: string;
  readonly host: string;
  readonly scheme: string;
  /** -1 where it is not known. */
  readonly sizeBytes: number;
  readonly body: Uint8Array;
  /** Whether the body is sent as bytes, and not as text. */
  readonly packAsBytes: boolean;
  readonly context: readonly (readonly [name: string, value: string])[];
  readonly metadata: readonly (readonly [name: string, value: Mapping])[];
}

/** The bytes of a `CheckRequest`. */
export function encodeQuestion(question: CheckQuestion): Uint8Array {
  const { source, epochMs, context, metadata } = question;
  return writeMessage((writer) =>
    putMessage(writer, 1, (attributes) => {
      putMessage(attributes, 1, (peer) => putAddress(peer, source));
      putMessage(attributes, 4, (request) => {
        putMessage(request, 1, (time) => putTime(time, epochMs));
        putMessage(request, 2, (http) => putHttp(http, question));
      });
      putTexts(attributes, 10, context);
      if (metadata.length > 0) {
        putMessage(attributes, 11, (inner) => putMetadata(inner, metadata));
      }
    })
  );
}

function putAddress(writer: Writer, { address, port }: CheckQuestion["source"]): void {
  putMessage(writer, 1, (outer) =>
    putMessage(outer, 1, (socket) => {
      putText(socket, 2, address);
      putNumber(socket, 3, port);
    }));
}

function putTime(writer: Writer, epochMs: number): void {
  putNumber(writer, 1, Math.floor(epochMs / 1_000));
  putNumber(writer, 2, Math.floor(epochMs % 1_000) * 1_000_000);
}

function putHttp(writer: Writer, question: CheckQuestion): void {
  putText(writer, 1, question.id);
  putText(writer, 2, question.method);
  putTexts(writer, 3, question.headers);
  putText(writer, 4, question.path);
  putText(writer, 5, question.host);
  putText(writer, 6, question.scheme);
  putNumber(writer, 9, question.sizeBytes);
  putText(writer, 10, "HTTP/1.1");
  if (question.packAsBytes) putBytes(writer, 12, question.body);
  else putText(writer, 11, new TextDecoder().decode(question.body));
}

function putMetadata(writer: Writer, metadata: CheckQuestion["metadata"]): void {
  for (const [name, value] of metadata) {
    putMessage(writer, 1, (entry) => {
      putText(entry, 1, name);
      putMessage(entry, 2, (struct) => writeStruct(struct, value));
    });
  }
}

/** Reads a `CheckResponse`; throws where the bytes are none. */
export function decodeDecision(bytes: Uint8Array): Decision {
  let code = 0;
  let denied: Decision = { type: "denied", status: FORBIDDEN, reply: undefined };
  let allowed: Omit<Allowed, "metadata"> = NO_CHANGES;
  let metadata: Mapping | undefined;
  readMessage(bytes, {
    1: bytesField((status) => readMessage(status, { 1: intField((value) => code = value) })),
    2: bytesField((response) => denied = readDenied(response)),
    3: bytesField((response) => allowed = readAllowed(response)),
    4: bytesField((struct) => metadata = readStruct(struct)),
  });
  return code === 0 ? { ...allowed, metadata } : denied;
}

const FORBIDDEN = 403;

const NO_CHANGES = {
  type: "allowed",
  removed: [],
  headers: [],
  answerHeaders: [],
  query: [],
} as const;

function readDenied(bytes: Uint8Array): Decision {
  const changes: HeaderChange[] = [];
  let status = FORBIDDEN;
  let body = "";
  readMessage(bytes, {
    1: bytesField((inner) =>
      readMessage(inner, {
        1: uintField((value) => {
          if (value >= 200 && value <= 599) status = value;
        }),
      })
    ),
    2: bytesField((option) => changes.push(...readHeader(option))),
    3: textField((text) => body = text),
  });
  const headers = new Headers();
  // A list of headers may hold several cookies; of the others the last one counts.
  for (const { name, value } of changes) {
    if (name === "set-cookie") headers.append(name, value);
    else headers.set(name, value);
  }
  if (body === "" && changes.length === 0) return { type: "denied", status, reply: undefined };
  return { type: "denied", status, reply: { status, headers, body: bodyFor(status, body) } };
}

/** Answers of these kinds have none. */
function bodyFor(status: number, body: string): string | null {
  return body === "" || status === 204 || status === 205 || status === 304 ? null : body;
}

function readAllowed(bytes: Uint8Array): Omit<Allowed, "metadata"> {
  const removed: string[] = [];
  const headers: HeaderChange[] = [];
  const answerHeaders: HeaderChange[] = [];
  const query: [string, string | undefined][] = [];
  readMessage(bytes, {
    2: bytesField((option) => headers.push(...readHeader(option))),
    5: textField((name) => {
      if (isForeignName(name.toLowerCase())) removed.push(name.toLowerCase());
    }),
    6: bytesField((option) => answerHeaders.push(...readHeader(option))),
    7: bytesField((parameter) => query.push(readPair(parameter))),
    8: textField((name) => query.push([name, undefined])),
  });
  return { type: "allowed", removed, headers, answerHeaders, query };
}

const ADD_IF_ABSENT = 1;
const OVERWRITE_IF_EXISTS = 3;

/** A header with what is to be done with it; none where it may not be put into a message. */
function readHeader(bytes: Uint8Array): readonly HeaderChange[] {
  let [name, value] = ["", ""];
  let how: HeaderChange["how"] = "set";
  readMessage(bytes, {
    1: bytesField((header) => [name, value] = readPair(header)),
    2: bytesField((wrapped) =>
      readMessage(wrapped, {
        1: uintField((isTrue) => how = isTrue === 0 ? "set" : "append"),
      })
    ),
    3: uintField((action) => {
      if (action === ADD_IF_ABSENT) how = "addIfAbsent";
      if (action === OVERWRITE_IF_EXISTS) how = "setIfPresent";
    }),
  });
  const lower = name.toLowerCase();
  return isForeignHeader(lower, value) ? [{ name: lower, value, how }] : [];
}

/** A name and a value, which may be bytes in a third field. */
function readPair(bytes: Uint8Array): [name: string, value: string] {
  let name = "";
  let value = "";
  readMessage(bytes, {
    1: textField((text) => name = text),
    2: textField((text) => value = text),
    3: bytesField((raw) => {
      if (raw.length > 0) value = new TextDecoder().decode(raw);
    }),
  });
  return [name, value];
}
