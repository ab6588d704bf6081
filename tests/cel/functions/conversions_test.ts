import { Redacted } from "../../../src/cel/values/redacted.ts";
import { checkValues, fails } from "../expressions.ts";

Deno.test("conversions make one type of another", () => {
  checkValues([
    ['string("a")', "a"],
    ["string(1)", "1"],
    ["string(1.5)", "1.5"],
    ["string(true)", "true"],
    ['string(b"hi")', "hi"],
    ['string(b"\\xff")', fails("the bytes are not text in UTF-8")],
    ['string(duration("90m"))', "5400s"],
    ['string(timestamp("2024-01-02T03:04:05.5Z"))', "2024-01-02T03:04:05.5Z"],
    ["string([1])", fails("string() is not for list")],
    ["string(null)", fails("string() is not for null")],
    ['bytes("é")', new Uint8Array([0xc3, 0xa9])],
    ['bytes(b"a")', new Uint8Array([97])],
    ['bool("true")', true],
    ["bool(false)", false],
    ['bool("yes")', fails("bool() takes the texts true and false only")],
    ['int("-12")', -12],
    ["int(1.9)", 1],
    ["int(-1.9)", -1],
    ["int(5u)", 5],
    ['int(timestamp("1970-01-01T00:01:00Z"))', 60],
    ['int("1.5")', fails("the text is no whole number")],
    ['int("")', fails("the text is no whole number")],
    ["int(1e300)", fails("a whole number is too large")],
    ["int(0.0 / 0)", fails("a number without end is no whole number")],
    ["uint(12.7)", 12],
    ['uint("12")', 12],
    ["uint(-1)", fails("uint() takes no number below 0")],
    ["double(2)", 2],
    ['double("1.5e2")', 150],
    ['double("abc")', fails("the text is no number")],
    ["5 / double(2)", 2.5],
  ]);
});

Deno.test("redacted values show only when they are asked for", () => {
  const apiKey = { key: new Redacted("sk-1"), team: "a" };
  checkValues([
    ["apiKey.key", "<redacted>"],
    ["string(apiKey.key)", "<redacted>"],
    ["toJson(apiKey)", '{"key":"<redacted>","team":"a"}'],
    ['"key " + apiKey.key', "key <redacted>"],
    ["[apiKey.key].join()", "<redacted>"],
    ['apiKey.key.startsWith("sk")', false],
    ["sha256.encode(apiKey.key) == sha256.encode('<redacted>')", true],
    ["apiKey.key.unredacted()", "sk-1"],
    ["apiKey.team.unredacted()", "a"],
    ['apiKey.key == "sk-1"', fails("a redacted value is compared by its unredacted() only")],
    ['apiKey.key in ["sk-1"]', fails("a redacted value is compared by its unredacted() only")],
    ['apiKey.key.unredacted() == "sk-1"', true],
    ["apiKey", { key: "<redacted>", team: "a" }],
  ], { apiKey });
});
