import type { ASTNode } from "@marcbachmann/cel-js";
import { didYouMean } from "../../lib/did_you_mean.ts";
import { CelSyntaxError } from "../expression.ts";
import { callOverload, type Overload } from "./signature.ts";
import type { Compile, CustomFunction, Scope, Step } from "./step.ts";

/** A call of a function, a method, a macro, or a function of the configuration. */
export function compileCall(
  node: ASTNode,
  name: string,
  receiver: ASTNode | undefined,
  args: readonly ASTNode[],
  scope: Scope,
  compile: Compile,
): Step {
  const call: Call = { node, name, receiver, args, scope, compile };
  return compileCustom(call) ?? compileMacro(call) ?? compileNamespaced(call) ??
    compileFunction(call) ?? refuseUnknown(call);
}

interface Call {
  readonly node: ASTNode;
  readonly name: string;
  readonly receiver: ASTNode | undefined;
  readonly args: readonly ASTNode[];
  readonly scope: Scope;
  readonly compile: Compile;
}

function compileCustom(call: Call): Step | undefined {
  const { receiver, name, args, scope } = call;
  const { unit } = scope;
  const custom = unit.custom.get(receiver === undefined ? name : `this.${name}`);
  if (custom === undefined) return undefined;
  checkArity(call, args.length, custom.arityMin, custom.arityMax);
  noteWhatItLooksAt(custom, scope, call.node);
  const steps = [...receiver === undefined ? [] : [receiver], ...args].map((arg) => {
    return call.compile(arg, scope);
  });
  return { run: (frame) => custom.call(steps.map(({ run }) => run(frame)), frame) };
}

function noteWhatItLooksAt(custom: CustomFunction, { unit }: Scope, node: ASTNode): void {
  for (const path of custom.paths) unit.paths.add(path);
  for (const root of custom.roots.keys()) {
    if (!unit.roots.has(root)) unit.roots.set(root, node.start);
  }
}

function compileMacro(call: Call): Step | undefined {
  const { receiver, name, args, scope } = call;
  const macro = ownOf(scope.unit.macros, receiver === undefined ? name : `.${name}`);
  if (macro === undefined) return undefined;
  checkArity(call, args.length, macro.arityMin, macro.arityMax);
  return macro.compile(call);
}

/** `math.abs(x)`, unless the expression itself binds the name of the namespace. */
function compileNamespaced(call: Call): Step | undefined {
  const { receiver, name, scope } = call;
  if (receiver?.op !== "id" || scope.locals.has(receiver.args)) return undefined;
  const qualified = `${receiver.args}.${name}`;
  const overloads = ownOf(scope.unit.functions.functions, qualified);
  return overloads === undefined ? undefined : stepOf(call, qualified, overloads, call.args);
}

function compileFunction(call: Call): Step | undefined {
  const { receiver, name, args, scope } = call;
  const { functions, methods } = scope.unit.functions;
  const overloads = ownOf(receiver === undefined ? functions : methods, name);
  if (overloads === undefined) return undefined;
  return stepOf(call, name, overloads, receiver === undefined ? args : [receiver, ...args]);
}

function stepOf(
  call: Call,
  name: string,
  overloads: readonly Overload[],
  args: readonly ASTNode[],
): Step {
  const implied = args.length - call.args.length;
  const fitting = overloads.filter(({ arityMin, arityMax }) => {
    return args.length >= arityMin && args.length <= arityMax;
  });
  if (fitting.length === 0) {
    const least = Math.min(...overloads.map(({ arityMin }) => arityMin)) - implied;
    const most = Math.max(...overloads.map(({ arityMax }) => arityMax)) - implied;
    checkArity(call, args.length - implied, least, most);
  }
  const steps = args.map((arg) => call.compile(arg, call.scope));
  return {
    run: (frame) => callOverload(name, fitting, steps.map(({ run }) => run(frame)), frame),
  };
}

function checkArity({ node, name, receiver }: Call, given: number, least: number, most: number) {
  if (given >= least && given <= most) return;
  const wanted = most === 0 ? "no" : least === most ? `${least}` : `${least} to ${most}`;
  const noun = most === 1 && least === 1 ? "argument" : "arguments";
  const message = `${name}() takes ${wanted} ${noun}, not ${given}`;
  throw new CelSyntaxError(message, offsetOf(node, name, receiver));
}

function refuseUnknown(call: Call): never {
  const { node, name, receiver, scope: { unit } } = call;
  const { functions, methods } = unit.functions;
  const custom = [...unit.custom.keys()].map((key) => key.replace(/^this(?=\.)/, ""));
  const known = [
    ...Object.keys(functions),
    ...Object.keys(methods).map((method) => `.${method}`),
    ...Object.keys(unit.macros),
    ...custom,
  ];
  const written = writtenName(call);
  const message = `there is no function ${written}()${didYouMean(written, known)}`;
  throw new CelSyntaxError(message, offsetOf(node, name, receiver));
}

/** The name as the list of functions would have it: `size`, `math.abs`, `.trim`. */
function writtenName({ name, receiver, scope: { unit } }: Call): string {
  if (receiver === undefined) return name;
  const namespace = receiver.op === "id" ? `${receiver.args}.` : ".";
  const isNamespace = Object.keys(unit.functions.functions).some((key) => {
    return key.startsWith(namespace);
  });
  return isNamespace ? namespace + name : `.${name}`;
}

/** Where the name of a called function stands. */
function offsetOf(node: ASTNode, name: string, receiver: ASTNode | undefined): number {
  return receiver === undefined ? node.start : node.input.indexOf(name, receiver.end);
}

function ownOf<Value>(table: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
