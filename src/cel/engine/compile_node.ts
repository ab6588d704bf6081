import type { ASTNode } from "@marcbachmann/cel-js";
import { equal, isIn } from "./equality.ts";
import { type Frame, spend } from "./frame.ts";
import { keyOf, typeName } from "./kinds.ts";
import { compileCall } from "./calls.ts";
import { truth } from "./macros.ts";
import { add, calculate, checkedInt, negate, order, subtract } from "./operators.ts";
import { compileMember, compileName } from "./select.ts";
import { refuseAt, type Scope, type Step } from "./step.ts";
import { CelError, CelSyntaxError } from "../expression.ts";

/** Makes a part of an expression ready to run; throws `CelSyntaxError` where it cannot be. */
export function compileNode(node: ASTNode, scope: Scope): Step {
  switch (node.op) {
    case "value":
      return constant(literal(node));
    case "id":
      return compileName(node, scope);
    case ".":
    case "[]":
      return compileMember(node, scope, compileNode);
    case "call":
      return compileCall(node, node.args[0], undefined, node.args[1], scope, compileNode);
    case "rcall":
      return compileCall(node, node.args[0], node.args[1], node.args[2], scope, compileNode);
    case "list":
      return compileList(node.args, scope);
    case "map":
      return compileMap(node.args, scope);
    case "?:":
      return compileConditional(node.args, scope);
    case "&&":
    case "||":
      return compileLogic(node.args, scope, node.op === "||");
    case "!_": {
      const { run } = compileNode(node.args, scope);
      return { run: (frame) => !truth(run(frame)) };
    }
    case "-_": {
      const { run } = compileNode(node.args, scope);
      return { run: (frame) => negate(run(frame)) };
    }
    case ".?":
    case "[?]":
      return refuseAt(node, "optional values are not supported: use default() or has()");
    default:
      return compileBinary(node, node.args, scope);
  }
}

function constant(value: unknown): Step {
  return { run: () => value };
}

function literal(node: ASTNode & { op: "value" }): unknown {
  const value = node.args;
  const isUnsigned = typeof value === "object" && value !== null && !(value instanceof Uint8Array);
  if (typeof value !== "bigint" && !isUnsigned) return value;
  try {
    return checkedInt(BigInt(value.valueOf()));
  } catch {
    throw new CelSyntaxError("the number does not fit into 64 bits", node.start);
  }
}

function compileList(nodes: readonly ASTNode[], scope: Scope): Step {
  const steps = nodes.map((node) => compileNode(node, scope));
  return {
    run(frame) {
      spend(frame, 1);
      return steps.map(({ run }) => run(frame));
    },
  };
}

function compileMap(entries: readonly (readonly [ASTNode, ASTNode])[], scope: Scope): Step {
  const steps = entries.map(([key, value]) => {
    return { key: compileNode(key, scope), value: compileNode(value, scope) };
  });
  return {
    run(frame) {
      spend(frame, 1);
      const map = new Map<unknown, unknown>();
      for (const { key, value } of steps) {
        const given = key.run(frame);
        const name = keyOf(given);
        if (name === undefined) throw new CelError(`${typeName(given)} cannot be a key`);
        if (map.has(name)) throw new CelError("a map has the same key twice");
        map.set(name, value.run(frame));
      }
      return map;
    },
  };
}

function compileConditional(
  [condition, consequent, alternate]: readonly [ASTNode, ASTNode, ASTNode],
  scope: Scope,
): Step {
  const { run } = compileNode(condition, scope);
  const whenTrue = compileNode(consequent, scope);
  const whenFalse = compileNode(alternate, scope);
  return { run: (frame) => truth(run(frame)) ? whenTrue.run(frame) : whenFalse.run(frame) };
}

/** `&&` and `||`: the side that decides alone does so, even where the other has no value. */
function compileLogic(
  [left, right]: readonly [ASTNode, ASTNode],
  scope: Scope,
  decisive: boolean,
): Step {
  const first = compileNode(left, scope);
  const second = compileNode(right, scope);
  return {
    run(frame) {
      let error: unknown;
      try {
        if (truth(first.run(frame)) === decisive) return decisive;
      } catch (cause) {
        if (!(cause instanceof CelError) || frame.budget.left < 0) throw cause;
        error = cause;
      }
      if (truth(second.run(frame)) === decisive) return decisive;
      if (error !== undefined) throw error;
      return !decisive;
    },
  };
}

function compileBinary(
  node: ASTNode,
  [left, right]: readonly [ASTNode, ASTNode],
  scope: Scope,
): Step {
  const operate = operators[node.op];
  if (operate === undefined) return refuseAt(node, `${node.op} is no operator`);
  const first = compileNode(left, scope);
  const second = compileNode(right, scope);
  return { run: (frame) => operate(first.run(frame), second.run(frame), frame) };
}

type Operate = (left: unknown, right: unknown, frame: Frame) => unknown;

const operators: Readonly<Record<string, Operate>> = {
  "+": add,
  "-": subtract,
  "*": (left, right) => calculate("*", left, right),
  "/": (left, right) => calculate("/", left, right),
  "%": (left, right) => calculate("%", left, right),
  "==": equal,
  "!=": (left, right, frame) => !equal(left, right, frame),
  "<": (left, right, frame) => order(left, right, frame) < 0,
  "<=": (left, right, frame) => order(left, right, frame) <= 0,
  ">": (left, right, frame) => order(left, right, frame) > 0,
  ">=": (left, right, frame) => order(left, right, frame) >= 0,
  in: isIn,
};
