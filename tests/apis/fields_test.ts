import assert from "node:assert/strict";
import {
  booleanIn,
  listIn,
  mappingIn,
  numberIn,
  required,
  requiredList,
  requiredMapping,
  requiredString,
  stringIn,
} from "../../src/apis/fields.ts";
import { GatewayError } from "../../src/errors.ts";

const READERS = [
  { read: stringIn, right: "text", wrong: 1, expected: "a string" },
  { read: numberIn, right: 0, wrong: "1", expected: "a number" },
  { read: booleanIn, right: false, wrong: "true", expected: "a boolean" },
  { read: mappingIn, right: { a: 1 }, wrong: [], expected: "an object" },
  { read: listIn, right: [1], wrong: {}, expected: "a list" },
] as const;

for (const { read, right, wrong, expected } of READERS) {
  Deno.test(`${read.name}() takes what it is to read`, () => {
    assert.deepEqual(read({ member: right }, "member"), right);
  });

  Deno.test(`${read.name}() takes null for absent`, () => {
    const absent = read === listIn ? [] : undefined;
    assert.deepEqual(read({ member: null }, "member"), absent);
    assert.deepEqual(read({}, "member"), absent);
  });

  Deno.test(`${read.name}() refuses another type, naming the place`, () => {
    const message = `invalid field: list[1].member must be ${expected}`;
    assert.throws(
      () => read({ member: wrong }, "member", "list[1].member"),
      { message, code: "invalid_type", param: "list[1].member", kind: "invalid-request" },
    );
    assert.throws(() => read({ member: wrong }, "member"), { param: "member" });
  });
}

const REQUIRED = [
  { read: requiredString, right: "", wrong: 1 },
  { read: requiredMapping, right: {}, wrong: "{}" },
  { read: requiredList, right: [], wrong: "[]" },
] as const;

for (const { read, right, wrong } of REQUIRED) {
  Deno.test(`${read.name}() takes what is there, though it be empty`, () => {
    assert.deepEqual(read({ member: right }, "member"), right);
  });

  Deno.test(`${read.name}() refuses what is absent or of another type`, () => {
    for (const object of [{}, { member: null }]) {
      assert.throws(() => read(object, "member", "a.member"), {
        message: "missing field: a.member",
        code: "missing_required_parameter",
        param: "a.member",
      });
    }
    assert.throws(() => read({ member: wrong }, "member"), { code: "invalid_type" });
  });
}

Deno.test("required() gives back any value but undefined", () => {
  for (const value of [0, "", false, null]) assert.equal(required(value, "a"), value);
  assert.throws(() => required(undefined, "a"), GatewayError);
});
