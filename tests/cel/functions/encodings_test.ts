import { checkValues, fails } from "../expressions.ts";

const payload = "eyJzdWIiOiLDqSJ9";

Deno.test("encodings are read and written", () => {
  checkValues([
    ['json("{\\"a\\": [1, null]}").a[0]', 1],
    ['json(b"[1]")', [1]],
    ['json("{")', fails("the text is no JSON")],
    [
      "toJson({'a': [1, 2.5, true, null, 'x'], 'b': b'hi'})",
      '{"a":[1,2.5,true,null,"x"],"b":"aGk="}',
    ],
    ['toJson("a\\"")', '"a\\""'],
    ['toJson(duration("1s"))', '"1s"'],
    ['base64.encode("hi")', "aGk="],
    ['base64.encode(b"\\xff\\xfe")', "//4="],
    ['string(base64.decode("aGk="))', "hi"],
    ['string(base64.decode("aGk"))', "hi"],
    ['base64.decode("__4")', new Uint8Array([255, 254])],
    ['base64.decode("a")', fails("the text is no Base64")],
    ['base64.decode("a!==")', fails("the text is no Base64")],
    ['url.encode("a b&c/é")', "a%20b%26c%2F%C3%A9"],
    ['url.decode("a%20b+")', "a b+"],
    ['url.decode("%zz")', fails("the text is not percent-encoded")],
    ['form.encode({"b": [1, true], "a": "x y&"})', "a=x+y%26&b=1&b=true"],
    ['form.encode({"a": {}})', fails("form.encode() takes texts, numbers and lists of them")],
    ['form.decode("a=1&b=x+y&a=2&c")', { a: ["1", "2"], b: "x y", c: "" }],
    ['form.decode("__proto__=1").size()', 1],
    ['sha1.encode("abc")', "a9993e364706816aba3e25717850c26c9cd0d89d"],
    ['sha256.encode(b"abc")', "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
    ['md5.encode("abc")', "900150983cd24fb0d6963f7d28e17f72"],
    [`unvalidatedJwtPayload("e30.${payload}.x").sub`, "\u00e9"],
    [`unvalidatedJwtPayload("Bearer e30.${payload}.x").sub`, "\u00e9"],
    ['unvalidatedJwtPayload("a.b")', fails("the text is no JWT")],
    ['unvalidatedJwtPayload("a.b!.c")', fails("the text is no Base64")],
  ]);
});
