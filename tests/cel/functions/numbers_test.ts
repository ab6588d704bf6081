import { checkValues, fails } from "../expressions.ts";

Deno.test("numbers are rounded, compared and taken apart", () => {
  checkValues([
    ["math.greatest(1, 2.5, 2)", 2.5],
    ["math.least([3, 1, 2])", 1],
    ["math.ceil(1.2)", 2],
    ["math.floor(-1.2)", -2],
    ["math.round(2.5)", 3],
    ["math.round(-2.5)", -3],
    ["math.round(1.4)", 1],
    ["math.trunc(-1.9)", -1],
    ["math.floor(7)", 7],
    ["math.abs(-3)", 3],
    ["math.abs(-1.5)", 1.5],
    ["math.sign(-3)", -1],
    ["math.sign(0)", 0],
    ["math.sign(2.5)", 1],
    ["math.sqrt(9)", 3],
    ["math.isNaN(0.0 / 0)", true],
    ["math.isInf(1.0 / 0)", true],
    ["math.isInf(-1.0 / 0)", true],
    ["math.isFinite(1.0 / 0)", false],
    ["math.isFinite(1)", true],
    ["math.bitAnd(6, 3)", 2],
    ["math.bitOr(6, 3)", 7],
    ["math.bitXor(6, 3)", 5],
    ["math.bitNot(0)", -1],
    ["math.bitShiftLeft(1, 3)", 8],
    ["math.bitShiftLeft(1, 64)", 0],
    ["math.bitShiftRight(-1, 63)", 1],
    ["math.bitShiftRight(8, 64)", 0],
    ["math.bitShiftLeft(1, -1)", fails("a number is shifted by at least 0 places")],
    ["math.bitShiftRight(1, -1)", fails("a number is shifted by at least 0 places")],
    ['math.abs("a")', fails("math.abs() is not for string")],
    ["math.bitAnd(1.5, 1)", fails("math.bitAnd() is not for double, int")],
    ["1.with(math, math + 1)", 2],
  ]);
});

Deno.test("random() and uuid() take their chance from outside", () => {
  checkValues([
    ["random()", 0.5],
    ["uuid()", "88888888-8888-4888-8888-888888888888"],
  ]);
});
