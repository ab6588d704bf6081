import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type BuiltinName,
  builtinRule,
} from "../../../../../src/policies/guards/regex/builtins/index.ts";
import { finds, masked } from "../../../../../src/policies/guards/regex/rule_stream.ts";
import { pieces, released } from "../masking.ts";

/** Texts with what is masked in them. */
const MASKED: Readonly<Record<BuiltinName, Readonly<Record<string, string>>>> = {
  ssn: {
    "123-45-6789": "<SSN>",
    "is 123 45 6789.": "is <SSN>.",
    "123.45.6789": "<SSN>",
    "12345-6789, 123-456789": "<SSN>, <SSN>",
    "(123456789)": "(<SSN>)",
    "078-05-1120 899-99-9999": "<SSN> <SSN>",
    "12-123-45-6789": "12-<SSN>",
    "号123456789号": "号<SSN>号",
  },
  creditCard: {
    "4111 1111 1111 1111": "<CREDIT_CARD>",
    "pay with 4111-1111-1111-1111!": "pay with <CREDIT_CARD>!",
    "4111111111111111": "<CREDIT_CARD>",
    "4222222222222": "<CREDIT_CARD>",
    "3782 822463 10005 378282246310005": "<CREDIT_CARD> <CREDIT_CARD>",
    "30569309025904": "<CREDIT_CARD>",
    "5555555555554444 2223003122003222 6011111111111117":
      "<CREDIT_CARD> <CREDIT_CARD> <CREDIT_CARD>",
    "3530111333300000, 6304 9850 2809 0561 515": "<CREDIT_CARD>, <CREDIT_CARD>",
    "4111 1111 1111 1111 2024": "<CREDIT_CARD> 2024",
    "12 4111 1111 1111 1111": "12 <CREDIT_CARD>",
    "6205 5000 0000 0000 004": "<CREDIT_CARD>",
  },
  phoneNumber: {
    "+1 212 555 0123": "<PHONE_NUMBER>",
    "(212) 555-0123 or 212.555.0123": "<PHONE_NUMBER> or <PHONE_NUMBER>",
    "tel:+12125550123, 1-800-555-0199": "tel:<PHONE_NUMBER>, <PHONE_NUMBER>",
    "416 555 0123": "<PHONE_NUMBER>",
    "+44 (0)20 7946 0958; 020 7946 0958": "<PHONE_NUMBER>; <PHONE_NUMBER>",
    "07911 123456": "<PHONE_NUMBER>",
    "030 901820, +49 30 901820, 0049 30 901820": "<PHONE_NUMBER>, <PHONE_NUMBER>, <PHONE_NUMBER>",
    "054-123-4567": "<PHONE_NUMBER>",
    "+91 98765 43210, 9876543210": "<PHONE_NUMBER>, <PHONE_NUMBER>",
    "(11) 91234-5678": "<PHONE_NUMBER>",
    "+33 1 42 68 53 00": "<PHONE_NUMBER>",
    "212-555-0123x45": "<PHONE_NUMBER>x45",
    "call 2125550123. 4 of us": "call <PHONE_NUMBER>. 4 of us",
  },
  email: {
    "bob@example.com": "<EMAIL_ADDRESS>",
    "<bob.o'neil+x@mail.example.co.uk>": "<<EMAIL_ADDRESS>>",
    "mailto:a_b-c@x.io.": "mailto:<EMAIL_ADDRESS>.",
    "'bob@example.com', {eve@example.com}": "'<EMAIL_ADDRESS>', {<EMAIL_ADDRESS>}",
    "jürgen@bücher.de": "<EMAIL_ADDRESS>",
    "联系bob@example.com联系": "联系<EMAIL_ADDRESS>联系",
    "bob@例え.jp": "<EMAIL_ADDRESS>",
    "a@b.com@c.com": "<EMAIL_ADDRESS>",
    "bob@example.com...and more": "<EMAIL_ADDRESS>...and more",
    "bob@example.com-": "<EMAIL_ADDRESS>-",
    [`${"x".repeat(100)}@example.com`]: `${"x".repeat(36)}<EMAIL_ADDRESS>`,
  },
  caSin: {
    "046 454 286": "<CA_SIN>",
    "046-454-286": "<CA_SIN>",
    "130692544": "<CA_SIN>",
    "no. 130-692-544": "no. <CA_SIN>",
  },
};

/** Texts in which nothing is masked. */
const LEFT: Readonly<Record<BuiltinName, readonly string[]>> = {
  ssn: [
    ...["000-12-3456", "666-12-3456", "900-12-3456", "123-00-4567", "123-45-0000"],
    ...["1234567890", "12345678", "x123456789", "123456789x", "_123456789", "123-456-789"],
    ...["123--45-6789", "12-34-56789", ""],
  ],
  creditCard: [
    ...["4111 1111 1111 1112", "4111111111111112", "0000000000000000", "9111111111111111"],
    ...["7992739871300000", "x4111111111111111", "4111111111111111x", "41111111 11111111"],
    ...["4111  1111 1111 1111", "4111.1111.1111.1111", "123", "5655555555554444"],
    ...["411111111111", "1111 1111 1111 117"],
  ],
  phoneNumber: [
    ...[
      "555-1234",
      "2024-10-15 12:30",
      "15.10.2024 1230",
      "30.03.2024",
      "192.168.100.200",
      "1700000000",
    ],
    ...["1,234,567,890", "1 234 567 890", "12345678.90", "1729012345678", "212-555-012"],
    ...["+999 000 0000", "x2125550123", "2125550123456789", "110-555-0123", "123456"],
  ],
  email: [
    ...["@example.com", "bob@", "bob@example", "bob@.com", "bob @example.com", "bob@ example.com"],
    ...["react@18.2.0", "bob@10.0.0.1", "bob@example.c", "bob@exa mple.com", "a@-.-", "@", ""],
  ],
  caSin: [
    ...["046 454 287", "046.454.286", "000 000 000", "1234567890", "130692545"],
    ...["13069254", "x130692544", "130-69-2544"],
  ],
};

const NAMES: readonly BuiltinName[] = ["ssn", "creditCard", "phoneNumber", "email", "caSin"];

for (const name of NAMES) {
  const rule = builtinRule(name);

  Deno.test(`builtinRule() finds ${name}`, () => {
    for (const [text, expected] of Object.entries(MASKED[name])) {
      assert.equal(masked(text, rule), expected);
      assert.ok(finds(text, rule), text);
    }
  });

  Deno.test(`builtinRule() leaves what is no ${name}`, () => {
    for (const text of LEFT[name]) {
      assert.equal(masked(text, rule), text);
      assert.equal(finds(text, rule), false, text);
    }
  });

  Deno.test(`builtinRule() finds ${name} in pieces as in the whole`, () => {
    fc.assert(
      fc.property(
        texts.chain((text) => fc.tuple(fc.constant(text), pieces(text))),
        ([text, cut]) => assert.equal(released(rule, cut).join(""), masked(text, rule)),
      ),
      { numRuns: 3_000 },
    );
  });
}

const BITS = [
  ...NAMES.flatMap((name) => Object.keys(MASKED[name])).filter((text) => text.length < 30),
  ...["4", "1", "0", "9", "12", "345", " ", "-", ".", "(", ")", "+", "/", "@", "a", "foo", ".com"],
  ...[
    "x",
    "x1",
    "é",
    "漢",
    "\n",
    "_",
    "😀",
    "\ud83d",
    "1 ".repeat(30),
    "a.".repeat(140),
    "z".repeat(70),
  ],
];

const texts = fc.array(fc.constantFrom(...BITS), { maxLength: 12 }).map((bits) => bits.join(""));

/** What comes piece by piece, and what each piece lets go; the last is at the end. */
const HELD: readonly (readonly [BuiltinName, readonly string[], readonly string[]])[] = [
  ["ssn", ["it is ", "123-45", "-6789", ", "], ["it is ", "", "", "<SSN>, ", ""]],
  ["ssn", ["in 1999 ", "and ", "2001"], ["in ", "1999 and ", "", "2001"]],
  ["ssn", ["a\ud83d", "\ude00b"], ["a", "😀b", ""]],
  ["creditCard", ["no. 4111 1111 ", "1111 1111", ", "], ["no. ", "", "<CREDIT_CARD>, ", ""]],
  ["email", ["mail bo", "b@exa", "mple.com", " now"], ["mail ", "", "", "<EMAIL_ADDRESS> ", "now"]],
  ["email", ["so it goes ", "on"], ["so it goes ", "", "on"]],
  ["email", ["今日は", "いい天気"], ["今日は", "いい天気", ""]],
  ["phoneNumber", ["at (212) 555", "-0123", "!"], ["at ", "", "<PHONE_NUMBER>!", ""]],
];

Deno.test("builtinRule() holds back only what a match may begin in", () => {
  for (const [name, cut, expected] of HELD) {
    assert.deepEqual(released(builtinRule(name), cut), expected, cut.join("|"));
  }
});

Deno.test("builtinRule() takes time in proportion to the text", () => {
  for (const name of NAMES) {
    const rule = builtinRule(name);
    for (const bit of ["1", "1 ", "4111 ", "212-555-0123 ", "a@", "a.", "a@b.", "+(", "123-45-"]) {
      const beganMs = performance.now();
      masked(bit.repeat(200_000 / bit.length), rule);
      const tookMs = performance.now() - beganMs;
      assert.ok(tookMs < 2_000, `${name} took ${tookMs} ms for ${bit}`);
    }
  }
});
