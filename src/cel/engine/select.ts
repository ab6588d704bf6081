import type { ASTNode } from "@marcbachmann/cel-js";
import { CelError } from "../expression.ts";
import type { Frame } from "./frame.ts";
import { adopt, memberOf, typeName } from "./kinds.ts";
import { type Compile, refuseAt, type Scope, type Step } from "./step.ts";

/** Why a value is missing that `default()` may stand in for. */
export class MissingError extends CelError {}

/** A name: one that the expression binds, or a variable. */
export function compileName(node: ASTNode & { op: "id" }, scope: Scope): Step {
  const name = node.args;
  const slot = scope.locals.get(name);
  if (slot !== undefined) {
    return {
      run: ({ locals }) => locals[slot],
      find: ({ locals }) => locals[slot],
    };
  }
  lookAt(scope, [name], node.start);
  return stepOf(
    name,
    name in Object.prototype ? missing : ({ variables }) => {
      return adopt(variables[name]);
    },
  );
}

/** A member: `a.b`, `a["b"]`, `a[0]`. */
export function compileMember(
  node: ASTNode & { op: "." | "[]" },
  scope: Scope,
  compile: Compile,
): Step {
  const [base, key] = node.args;
  const path = pathOf(node, scope);
  if (path !== undefined) lookAt(scope, path, rootOf(node).start);
  const parent = path === undefined ? compile(base, scope) : compile(base, quiet(scope));
  const findParent = parent.find ?? parent.run;
  const name = typeof key === "string" ? key : literalKey(key);
  const shown = path === undefined ? shownKey(name) : path.join(".");
  if (name !== undefined) {
    return stepOf(shown, (frame) => memberOf(findParent(frame), name));
  }
  if (typeof key === "string") return refuseAt(node, "a member needs a name");
  const index = compile(key, scope);
  return stepOf(shown, (frame) => {
    const container = findParent(frame);
    return container === undefined ? undefined : memberOf(container, indexOf(index.run(frame)));
  });
}

/** The variable's path that a chain of members follows, as far as it is written out. */
function pathOf(node: ASTNode, scope: Scope): readonly string[] | undefined {
  if (node.op === "id") return scope.locals.has(node.args) ? undefined : [node.args];
  if (node.op !== "." && node.op !== "[]") return undefined;
  const path = pathOf(node.args[0], scope);
  if (path === undefined) return undefined;
  const key = node.op === "." ? node.args[1] : literalKey(node.args[1]);
  return typeof key === "string" ? [...path, key] : undefined;
}

function rootOf(node: ASTNode): ASTNode {
  return node.op === "." || node.op === "[]" ? rootOf(node.args[0]) : node;
}

function literalKey(node: ASTNode): string | undefined {
  return node.op === "value" && typeof node.args === "string" ? node.args : undefined;
}

function lookAt({ unit }: Scope, path: readonly string[], offset: number): void {
  const [root = ""] = path;
  unit.paths.add(path.join("."));
  if (!unit.roots.has(root)) unit.roots.set(root, offset);
}

/** A scope in which looking at variables is not noted, because a longer path is. */
function quiet(scope: Scope): Scope {
  return { ...scope, unit: { ...scope.unit, paths: new Set(), roots: new Map() } };
}

function stepOf(shown: string, find: (frame: Frame) => unknown): Step {
  return {
    find,
    run(frame) {
      const value = find(frame);
      if (value === undefined) throw new MissingError(`${shown} is missing`);
      return value;
    },
  };
}

function missing(): undefined {
  return undefined;
}

function shownKey(name: string | undefined): string {
  return name === undefined ? "a member" : JSON.stringify(name);
}

function indexOf(value: unknown): unknown {
  if (typeof value === "string" || typeof value === "bigint" || typeof value === "number") {
    return value;
  }
  if (typeof value === "boolean") return value;
  throw new CelError(`${typeName(value)} cannot be a key`);
}
