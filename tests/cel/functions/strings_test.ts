import { checkValues, fails } from "../expressions.ts";

Deno.test("strings find, cut and put together", () => {
  checkValues([
    ['"abc".startsWith("ab")', true],
    ['"abc".endsWith("ab")', false],
    ['"abc".contains("bc")', true],
    ['"abc".charAt(1)', "b"],
    ['"abc".charAt(3)', ""],
    ['"abc".charAt(4)', fails("the place is outside the text")],
    ['"abcabc".indexOf("c")', 2],
    ['"abcabc".indexOf("c", 3)', 5],
    ['"abcabc".indexOf("x")', -1],
    ['"abc".indexOf("c", -1)', fails("the place is outside the text")],
    ['"abcabc".lastIndexOf("a")', 3],
    ['"abcabc".lastIndexOf("a", 2)', 0],
    ['"abc".lastIndexOf("a", -1)', fails("the place is outside the text")],
    ['"abcdef".substring(4)', "ef"],
    ['"abcdef".substring(1, 3)', "bc"],
    ['"abc".substring(2, 1)', fails("the place is outside the text")],
    ['["a", "b"].join()', "ab"],
    ['["a", "b"].join("-")', "a-b"],
    ['["a", 1].join("-")', fails("join() is for lists of texts only")],
    ['"AbÄ".lowerAscii()', "abÄ"],
    ['"abä".upperAscii()', "ABä"],
    ['"  a b ".trim()', "a b"],
    ['"aXbXc".replace("X", "-")', "a-b-c"],
    ['"aXbXc".replace("X", "-", 1)', "a-bXc"],
    ['"aXbXc".replace("X", "-", 0)', "aXbXc"],
    ['"aXbXc".replace("X", "-", -1)', "a-b-c"],
    ['"ab".replace("", "_")', "_a_b_"],
    ['"ab".replace("", "_", 2)', "_a_b"],
    ['"a,b,c".split(",")', ["a", "b", "c"]],
    ['"a,b,c".split(",", 2)', ["a", "b,c"]],
    ['"a,b,c".split(",", 0)', []],
    ['"a,b,c".split(",", -1)', ["a", "b", "c"]],
    ['"ab".split("")', ["a", "b"]],
    ['"v1/chat".stripPrefix("v1/")', "chat"],
    ['"v1/chat".stripPrefix("x")', "v1/chat"],
    ['"a.json".stripSuffix(".json")', "a"],
    ['"a.json".stripSuffix("x")', "a.json"],
    ['"a".stripSuffix("")', "a"],
    ["[1].startsWith('a')", fails("startsWith() is not for list, string")],
  ]);
});

Deno.test("strings count places in code points", () => {
  checkValues([
    ['size("a😀b")', 3],
    ['"a😀b".charAt(1)', "😀"],
    ['"a😀b".indexOf("b")', 2],
    ['"a😀bb".indexOf("b", 3)', 3],
    ['"b😀b".lastIndexOf("b")', 2],
    ['"b😀b".lastIndexOf("b", 1)', 0],
    ['"a😀b".substring(1, 2)', "😀"],
  ]);
});
