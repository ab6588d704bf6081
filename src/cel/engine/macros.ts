import type { ASTNode } from "@marcbachmann/cel-js";
import { CelError } from "../expression.ts";
import { knownRoots } from "../known_roots.ts";
import { type Frame, spend } from "./frame.ts";
import { adopt, isMap, keysOf, memberOf, typeName } from "./kinds.ts";
import { MissingError } from "./select.ts";
import { ARGUMENTS_MAX } from "./signature.ts";
import { bind, type Macro, type MacroCall, type MacroTable, refuseAt, type Step } from "./step.ts";

/** What binds names, or stands in for what is missing. */
export const macros: MacroTable = {
  has: macro(1, 1, compileHas),
  default: macro(2, 2, compileDefault),
  coalesce: macro(1, ARGUMENTS_MAX, compileCoalesce),
  fail: macro(0, ARGUMENTS_MAX, compileFail),
  variables: macro(0, 0, compileVariables),
  ".with": macro(2, 2, compileWith),
  ".exists": loop((frame, { items, body }) => decided(frame, items, body, true)),
  ".all": loop((frame, { items, body }) => decided(frame, items, body, false)),
  ".exists_one": loop((frame, { items, body }) => {
    return items.filter((item) => truth(body(frame, item))).length === 1;
  }),
  ".filter": loop((frame, { items, body }) => items.filter((item) => truth(body(frame, item)))),
  ".map": macro(2, 3, compileMap),
  ".mapValues": loop((frame, { map, body }) => {
    return new Map(mapEntries(map).map(([key, value]) => [key, body(frame, value)]));
  }),
  ".filterKeys": loop((frame, { map, body }) => {
    return new Map(mapEntries(map).filter(([key]) => truth(body(frame, key))));
  }),
};

function macro(arityMin: number, arityMax: number, compile: Macro["compile"]): Macro {
  return { arityMin, arityMax, compile };
}

/** `has(a.b.c)`: whether it is there; false, too, where `a.b` or `a` is missing. */
function compileHas({ args: [arg], scope, compile, node }: MacroCall): Step {
  const step = arg === undefined ? undefined : compile(arg, scope);
  if (step?.find === undefined) {
    return refuseAt(arg ?? node, "has() takes a name or a member, such as has(jwt.sub)");
  }
  const { find } = step;
  return { run: (frame) => orMissing(() => find(frame)) !== undefined };
}

/** `default(a.b, c)`: c where something of `a.b` is missing; other errors stay errors. */
function compileDefault({ args: [wanted, other], scope, compile }: MacroCall): Step {
  if (wanted === undefined || other === undefined) return never();
  const value = compile(wanted, scope);
  const find = value.find ?? value.run;
  const fallback = compile(other, scope);
  return {
    run(frame) {
      const found = orMissing(() => find(frame));
      return found === undefined ? fallback.run(frame) : found;
    },
  };
}

function orMissing(find: () => unknown): unknown {
  try {
    return find();
  } catch (cause) {
    if (cause instanceof MissingError) return undefined;
    throw cause;
  }
}

/** `coalesce(a, b, c)`: the first that has a value, whatever is wrong with those before it. */
function compileCoalesce({ args, scope, compile }: MacroCall): Step {
  const steps = args.map((arg) => compile(arg, scope));
  return {
    run(frame) {
      let isNull = false;
      for (const { find, run } of steps) {
        try {
          const value = (find ?? run)(frame);
          if (value !== undefined && value !== null) return value;
          isNull ||= value === null;
        } catch (cause) {
          if (!(cause instanceof CelError) || frame.budget.left < 0) throw cause;
        }
      }
      if (isNull) return null;
      throw new MissingError("no argument of coalesce() has a value");
    },
  };
}

/** `fail("why")`: no value; only what is written out is quoted, since values may be secret. */
function compileFail({ args, scope, compile }: MacroCall): Step {
  for (const arg of args) compile(arg, scope);
  const why = args.flatMap(({ op, args: value }) => op === "value" ? [String(value)] : []);
  const message = ["fail() was called", ...why].join(": ");
  return {
    run() {
      throw new CelError(message);
    },
  };
}

/** All variables that there are. */
function compileVariables({ scope, node }: MacroCall): Step {
  for (const root of knownRoots) {
    scope.unit.paths.add(root);
    if (!scope.unit.roots.has(root)) scope.unit.roots.set(root, node.start);
  }
  return {
    run({ variables }) {
      const all = new Map<string, unknown>();
      // Variables may inherit others: a later step adds its own to those before it.
      for (const name in variables) {
        const value = adopt(variables[name]);
        if (value !== undefined) all.set(name, value);
      }
      return all;
    },
  };
}

/** `v.with(name, expression)`: the expression, in which the value has that name. */
function compileWith({ receiver, args, scope, compile }: MacroCall): Step {
  const [name, body] = args;
  if (receiver === undefined || name === undefined || body === undefined) return never();
  const value = compile(receiver, scope);
  const { inner, slot } = bind(scope, nameOf(name));
  const result = compile(body, inner);
  return {
    run(frame) {
      frame.locals[slot] = value.run(frame);
      return result.run(frame);
    },
  };
}

function compileMap(call: MacroCall): Step {
  const [, first, second] = call.args;
  if (second === undefined) {
    return compileLoop(call, (frame, { items, body }) => items.map((item) => body(frame, item)));
  }
  const { compile, args: [name], scope } = call;
  if (name === undefined || first === undefined) return never();
  const { inner, slot } = bind(scope, nameOf(name));
  const condition = compile(first, inner);
  return compileLoop({ ...call, args: [name, second] }, (frame, { items, body }) => {
    return items.filter((item) => {
      spend(frame, 1);
      frame.locals[slot] = item;
      return truth(condition.run(frame));
    }).map((item) => body(frame, item));
  });
}

/** What a loop goes over, and what it evaluates for each. */
interface Loop {
  readonly map: unknown;
  /** The elements of a list, or the keys of a map. */
  readonly items: readonly unknown[];
  readonly body: (frame: Frame, item: unknown) => unknown;
}

function loop(run: (frame: Frame, loop: Loop) => unknown): Macro {
  return macro(2, 2, (call) => compileLoop(call, run));
}

function compileLoop(
  { receiver, args, scope, compile }: MacroCall,
  run: (frame: Frame, loop: Loop) => unknown,
): Step {
  const [name, expression] = args;
  if (receiver === undefined || name === undefined || expression === undefined) return never();
  const range = compile(receiver, scope);
  const { inner, slot } = bind(scope, nameOf(name));
  const { run: evaluate } = compile(expression, inner);
  function body(frame: Frame, item: unknown): unknown {
    spend(frame, 1);
    frame.locals[slot] = item;
    return evaluate(frame);
  }
  return {
    run(frame) {
      const map = range.run(frame);
      return run(frame, { map, items: itemsOf(map, frame), body });
    },
  };
}

function itemsOf(range: unknown, frame: Frame): readonly unknown[] {
  if (Array.isArray(range)) {
    spend(frame, range.length >> 3);
    return range.map((item) => adopt(item) ?? null);
  }
  if (!isMap(range)) throw new CelError(`${typeName(range)} has no elements to look at`);
  const keys = keysOf(range);
  spend(frame, keys.length >> 3);
  return keys;
}

/** Whether one item (`exists`) or no item but true ones (`all`) decide, before any error does. */
function decided(
  frame: Frame,
  items: readonly unknown[],
  body: Loop["body"],
  decisive: boolean,
): boolean {
  let error: unknown;
  for (const item of items) {
    try {
      if (truth(body(frame, item)) === decisive) return decisive;
    } catch (cause) {
      if (!(cause instanceof CelError) || frame.budget.left < 0) throw cause;
      error ??= cause;
    }
  }
  if (error !== undefined) throw error;
  return !decisive;
}

function mapEntries(map: unknown): [unknown, unknown][] {
  if (!isMap(map)) throw new CelError(`${typeName(map)} is no map`);
  return keysOf(map).flatMap((key): [unknown, unknown][] => {
    const value = memberOf(map, key);
    return value === undefined ? [] : [[key, value]];
  });
}

/** What has to be true or false; throws where it is neither. */
export function truth(value: unknown): boolean {
  if (typeof value === "boolean") return value;
  throw new CelError(`a condition has to be true or false, not ${typeName(value)}`);
}

function nameOf(node: ASTNode): string {
  if (node.op === "id") return node.args;
  return refuseAt(node, "a name is needed here, such as x in list.exists(x, x > 1)");
}

function never(): never {
  throw new Error("the number of arguments was checked before");
}
