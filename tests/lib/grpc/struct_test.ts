import assert from "node:assert/strict";
import fc from "fast-check";
import protobuf from "protobufjs";
import { writeMessage } from "../../../src/lib/grpc/protobuf.ts";
import { readStruct, writeStruct } from "../../../src/lib/grpc/struct.ts";
import { isMapping, type Mapping } from "../../../src/lib/mapping.ts";

const { root } = protobuf.parse(`
  syntax = "proto3";
  message Value {
    oneof kind {
      int32 null_value = 1;
      double number_value = 2;
      string string_value = 3;
      bool bool_value = 4;
      Struct struct_value = 5;
      ListValue list_value = 6;
    }
  }
  message ListValue { repeated Value values = 1; }
  message Struct { map<string, Value> fields = 1; }
`);
const Struct = root.lookupType("Struct");

/** Members as JSON has them, with names that are the same in every reading of the format. */
const members = fc.dictionary(
  fc.string({ unit: "grapheme" }).filter((name) => name !== "__proto__"),
  fc.jsonValue({ maxDepth: 4, noUnicodeString: false }),
  { noNullPrototype: true },
).map((value) => JSON.stringify(value)).filter((text) => !text.includes("__proto__"))
  .map((text): Mapping => JSON.parse(text));

Deno.test("writeStruct() and readStruct() agree", () => {
  fc.assert(fc.property(members, (value) => {
    assert.deepEqual(readStruct(written(value)), value);
  }));
});

Deno.test("writeStruct() writes what another library reads", () => {
  fc.assert(fc.property(members, (value) => {
    const message = Struct.toObject(Struct.decode(written(value)), { defaults: false });
    assert.deepEqual(fieldsOf(message), value);
  }));
});

Deno.test("writeStruct() writes null for what JSON does not have", () => {
  const value = { a: undefined, b: () => {}, c: Symbol("x"), d: 5n };
  assert.deepEqual(readStruct(written(value)), { a: null, b: null, c: null, d: 5 });
});

Deno.test("readStruct() refuses values that lie deeper than anybody needs", () => {
  let bytes = new Uint8Array();
  for (let depth = 0; depth < 40; depth++) bytes = nested(bytes);
  assert.throws(() => readStruct(bytes), /deeper than/);
});

function written(value: Mapping): Uint8Array {
  return writeMessage((writer) => writeStruct(writer, value));
}

function fieldsOf(struct: Mapping): unknown {
  const fields = isMapping(struct["fields"]) ? struct["fields"] : {};
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, valueOf(value)]));
}

function valueOf(value: unknown): unknown {
  if (!isMapping(value)) return null;
  if (isMapping(value["structValue"])) return fieldsOf(value["structValue"]);
  if (isMapping(value["listValue"])) {
    const { values = [] } = value["listValue"];
    return Array.isArray(values) ? values.map(valueOf) : undefined;
  }
  return value["numberValue"] ?? value["stringValue"] ?? value["boolValue"] ?? null;
}

/** A struct with a struct in it. */
function nested(struct: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(writeMessage((writer) => {
    writer.uint32(1 << 3 | 2).fork();
    writer.uint32(1 << 3 | 2).string("a");
    writer.uint32(2 << 3 | 2).fork().uint32(5 << 3 | 2).bytes(struct).ldelim();
    writer.ldelim();
  }));
}
