import assert from "node:assert/strict";
import { expand } from "../../src/config/expand.ts";

const variables: Readonly<Record<string, string>> = {
  A: "1",
  EMPTY: "",
  _b2: "two",
  DOLLAR: "$A ${A} $$",
};

const environment = { get: (name: string) => variables[name] };

Deno.test("expand() replaces variables and leaves other dollar signs alone", () => {
  const cases: readonly [string, string][] = [
    ["$A", "1"],
    ["${A}", "1"],
    ["$A$A", "11"],
    ["x${A}y$_b2.z", "x1ytwo.z"],
    ["$$A", "$A"],
    ["$$$A", "$1"],
    ["$${A}", "${A}"],
    ["(foo|bar)$", "(foo|bar)$"],
    ["$1 $- $ $", "$1 $- $ $"],
    ["${NONE:-x y}", "x y"],
    ["${NONE:-}", ""],
    ["${NONE:-a:-b}", "a:-b"],
    ["${A:-x}", "1"],
    ["${EMPTY:-x}", "x"],
    ["$EMPTY", ""],
    ["$DOLLAR", "$A ${A} $$"], // values are not expanded again
  ];
  for (const [text, expected] of cases) {
    const expansion = expand(text, environment);
    assert.equal(expansion.text, expected, text);
    assert.deepEqual(expansion.problems, [], text);
  }
});

Deno.test("expand() names each variable once", () => {
  assert.deepEqual(expand("$A ${NONE:-x} $A $$B", environment).names, ["A", "NONE"]);
});

Deno.test("expand() tells an empty default from an empty variable", () => {
  assert.equal(expand("${NONE:-}", environment).defaulted, true);
  assert.equal(expand("$EMPTY", environment).defaulted, false);
});

Deno.test("expand() reports what is unset, once for each variable", () => {
  assert.deepEqual(expand("$NO ${NO} $NEVER $A", environment).problems, [
    "environment variable NO is not set (use ${NO:-default} to give a default)",
    "environment variable NEVER is not set (use ${NEVER:-default} to give a default)",
  ]);
});

Deno.test("expand() reports braces that hold no variable", () => {
  const problem = "must have the form ${NAME} or ${NAME:-default}; write $$ for a dollar sign";
  for (const text of ["${", "${}", "${1}", "${A", "${A-x}", "${a.b}", "${A:x}"]) {
    assert.deepEqual(expand(text, environment).problems, [problem], text);
  }
});

Deno.test("expand() reports a variable that may not be read, with the permission to give", () => {
  const refusing = {
    get() {
      throw new Error("NotCapable");
    },
  };
  assert.deepEqual(expand("$KEY", refusing).problems, [
    "environment variable KEY may not be read; allow it with --allow-env=KEY",
  ]);
});
