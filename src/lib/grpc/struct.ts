import type { Writer } from "protobufjs/minimal.js";
import { isMapping, type Mapping } from "../mapping.ts";
import { bytesField, putMessage, putText, readMessage, textField } from "./protobuf.ts";

/** How deep values may lie in each other. */
const DEPTH_MAX = 32;

/** Reads a `google.protobuf.Struct`; throws where it is none, or too deep. */
export function readStruct(bytes: Uint8Array, depth = 0): Mapping {
  const members: [string, unknown][] = [];
  readMessage(bytes, {
    1: bytesField((entry) => {
      let name = "";
      let value: unknown = null;
      readMessage(entry, {
        1: textField((text) => name = text),
        2: bytesField((found) => value = readValue(found, depth + 1)),
      });
      members.push([name, value]);
    }),
  });
  return Object.fromEntries(members);
}

function readValue(bytes: Uint8Array, depth: number): unknown {
  if (depth > DEPTH_MAX) throw new RangeError(`values lie deeper than ${DEPTH_MAX}`);
  let value: unknown = null;
  readMessage(bytes, {
    2: { wireType: FIXED64, read: (reader) => void (value = reader.double()) },
    3: textField((text) => value = text),
    4: { wireType: VARINT, read: (reader) => void (value = reader.bool()) },
    5: bytesField((found) => value = readStruct(found, depth + 1)),
    6: bytesField((found) => value = readList(found, depth + 1)),
  });
  return value;
}

function readList(bytes: Uint8Array, depth: number): readonly unknown[] {
  const items: unknown[] = [];
  readMessage(bytes, { 1: bytesField((item) => items.push(readValue(item, depth + 1))) });
  return items;
}

/** Writes the members of a `google.protobuf.Struct`; what JSON does not have is null. */
export function writeStruct(writer: Writer, members: Mapping): void {
  for (const [name, value] of Object.entries(members)) {
    putMessage(writer, 1, (entry) => {
      putText(entry, 1, name);
      putMessage(entry, 2, (inner) => writeValue(inner, value));
    });
  }
}

const VARINT = 0;
const FIXED64 = 1;
const LENGTH = 2;

function writeValue(writer: Writer, value: unknown): void {
  if (typeof value === "number" || typeof value === "bigint") {
    writer.uint32(2 << 3 | FIXED64).double(Number(value));
  } else if (typeof value === "string") {
    writer.uint32(3 << 3 | LENGTH).string(value);
  } else if (typeof value === "boolean") {
    writer.uint32(4 << 3 | VARINT).bool(value);
  } else if (Array.isArray(value)) {
    putMessage(writer, 6, (list) => {
      for (const item of value) putMessage(list, 1, (inner) => writeValue(inner, item));
    });
  } else if (isMapping(value)) {
    putMessage(writer, 5, (inner) => writeStruct(inner, value));
  } else {
    writer.uint32(1 << 3 | VARINT).int32(0);
  }
}
