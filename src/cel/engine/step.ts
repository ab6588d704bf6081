import type { ASTNode } from "@marcbachmann/cel-js";
import { CelSyntaxError } from "../expression.ts";
import type { Frame } from "./frame.ts";
import type { FunctionTable } from "./signature.ts";

/** A part of an expression, made ready to run. */
export interface Step {
  /** Its value; throws `CelError` where it has none. */
  run(frame: Frame): unknown;
  /** Of names and members: the value, or undefined where something on the way is missing. */
  readonly find?: (frame: Frame) => unknown;
}

/** The names that may be used at one place of an expression. */
export interface Scope {
  readonly unit: Unit;
  /** Names that the expression binds, and where the frame holds their values. */
  readonly locals: ReadonlyMap<string, number>;
}

/** What holds for an expression as a whole. */
export interface Unit {
  readonly source: string;
  readonly functions: FunctionTable;
  /** By name; `.name` for those with a receiver. */
  readonly macros: MacroTable;
  readonly custom: CustomTable;
  /** Filled while compiling: the dotted paths of variables that are looked at. */
  readonly paths: Set<string>;
  /** Likewise: where each first name stands first. */
  readonly roots: Map<string, number>;
}

/** Functions that the configuration defines, by name; `this.name` for those with a receiver. */
export interface CustomTable {
  get(name: string): CustomFunction | undefined;
  keys(): Iterable<string>;
}

/** A function of the configuration, ready to be called. */
export interface CustomFunction {
  readonly arityMin: number;
  readonly arityMax: number;
  call(args: readonly unknown[], frame: Frame): unknown;
  readonly paths: ReadonlySet<string>;
  readonly roots: ReadonlyMap<string, number>;
}

/** Makes a part of an expression ready to run. */
export type Compile = (node: ASTNode, scope: Scope) => Step;

/** Macros by name; `.name` for those with a receiver. */
export type MacroTable = Readonly<Record<string, Macro>>;

/** A call that decides itself what of its arguments is evaluated, and when. */
export interface Macro {
  readonly arityMin: number;
  readonly arityMax: number;
  compile(call: MacroCall): Step;
}

/** A call whose arguments are not simply evaluated before it. */
export interface MacroCall {
  readonly node: ASTNode;
  readonly receiver: ASTNode | undefined;
  readonly args: readonly ASTNode[];
  readonly scope: Scope;
  readonly compile: Compile;
}

/** A scope with one more name, and where its value is held. */
export function bind(scope: Scope, name: string): { readonly inner: Scope; readonly slot: number } {
  // Every name has a place of its own, also where it hides another of its name.
  const slot = Math.max(-1, ...scope.locals.values()) + 1;
  return { inner: { ...scope, locals: new Map(scope.locals).set(name, slot) }, slot };
}

/** Refuses an expression at a place in it. */
export function refuseAt(node: ASTNode, message: string): never {
  throw new CelSyntaxError(message, node.start);
}
