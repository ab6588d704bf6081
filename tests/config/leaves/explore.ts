import ts from "typescript";
import { bind, evaluate, isOfTests, type Project } from "./evaluate.ts";
import type { Call } from "./handed.ts";
import { type Closure, elementOf, type Env, NOTHING_BOUND, type Value } from "./value.ts";

/** What is made of the things that tests do. */
export interface Explorer {
  /** An object, or a text, that a test makes. */
  made(value: Value, place: ts.Node): void;
  called(call: Call): void;
  /** A variable that is declared to have a type. */
  declared(value: Value, type: ts.TypeNode): void;
}

/** How deep functions of the tests are followed from where they are called. */
const CALLS_MAX = 4;

/** Goes through all that a module does, into the functions that it calls. */
export function explore(module: ts.SourceFile, project: Project, explorer: Explorer): void {
  walk(module, NOTHING_BOUND, { project, explorer, calls: [], rounds: 1 });
}

interface Walk {
  readonly project: Project;
  readonly explorer: Explorer;
  /** The functions under way. */
  readonly calls: readonly ts.Node[];
  /** How many rounds of loops the loops around here make. */
  readonly rounds: number;
}

function walk(node: ts.Node, env: Env, at: Walk): void {
  if (ts.isImportDeclaration(node) || ts.isTypeNode(node)) return;
  if (ts.isVariableDeclaration(node) && node.type !== undefined && node.initializer !== undefined) {
    at.explorer.declared(evaluate(node.initializer, env, at.project), node.type);
  }
  if (isMade(node)) at.explorer.made(evaluate(node, env, at.project), node);
  if (ts.isCallExpression(node)) {
    call(node, env, at);
  } else if (ts.isForOfStatement(node)) {
    loop(node, env, at);
  } else {
    ts.forEachChild(node, (child) => walk(child, env, at));
  }
}

/** Once for each of what it goes over, so that what belongs together stays together. */
function loop({ expression, initializer, statement }: ts.ForOfStatement, env: Env, at: Walk): void {
  walk(expression, env, at);
  const [variable] = ts.isVariableDeclarationList(initializer) ? initializer.declarations : [];
  const items = roundsOf(evaluate(expression, env, at.project), at);
  const rounds = at.rounds * items.length;
  for (const item of items) {
    const bound = new Map(variable === undefined ? [] : [[variable, item]]);
    walk(statement, { bound, outer: env, depth: env.depth }, { ...at, rounds });
  }
}

/** Where there were more rounds than these, one has each of the items possible in it. */
const ROUNDS_MAX = 48;

function roundsOf(value: Value, { rounds }: Walk): readonly Value[] {
  return value.type === "list" && value.items.length > 0 &&
      rounds * value.items.length <= ROUNDS_MAX
    ? value.items
    : [elementOf(value)];
}

/** Objects and texts, each as a whole. */
function isMade(node: ts.Node): boolean {
  if (ts.isObjectLiteralExpression(node)) return !isWithinObject(node);
  return ts.isStringLiteralLike(node) || ts.isTemplateExpression(node) ||
    ts.isCallExpression(node);
}

function isWithinObject(node: ts.Node): boolean {
  const { parent } = node;
  return ts.isPropertyAssignment(parent) ||
    ts.isArrayLiteralExpression(parent) && isWithinObject(parent);
}

function call(node: ts.CallExpression, env: Env, at: Walk): void {
  const { project, explorer } = at;
  const args = node.arguments.map((argument) => evaluate(argument, env, project));
  const rounds = callbackArguments(node, env, at);
  walk(node.expression, env, at);
  for (const given of node.arguments) {
    if (rounds.length === 0 || !ts.isFunctionLike(given)) walk(given, env, at);
  }
  const within = { ...at, rounds: at.rounds * Math.max(1, rounds.length) };
  for (const { closure, args } of rounds) enter(closure, args, env, within);
  for (const callee of optionsOf(evaluate(node.expression, env, project))) {
    explorer.called({ node, callee, args });
    const isWorth = callee.type === "closure" && isOfTests(callee) && args.some(saysSomething);
    if (isWorth) enter(callee, args, env, at);
  }
}

interface Round {
  readonly closure: Closure;
  readonly args: readonly Value[];
}

/** `forEach`, `map` and their like hand their callback each item. */
function callbackArguments(
  node: ts.CallExpression,
  env: Env,
  at: Walk,
): readonly Round[] {
  const { project } = at;
  const { expression, arguments: [callback] } = node;
  if (callback === undefined || !ts.isFunctionLike(callback)) return [];
  if (!ts.isPropertyAccessExpression(expression)) return [];
  if (!/^(?:forEach|map|flatMap|filter|some|every)$/.test(expression.name.text)) return [];
  const rounds = roundsOf(evaluate(expression.expression, env, project), at);
  const closure = evaluate(callback, env, project);
  if (closure.type !== "closure" || rounds.every(({ type }) => type === "unknown")) return [];
  return rounds.map((item) => ({ closure, args: [item] }));
}

function enter({ node, env }: Closure, args: readonly Value[], caller: Env, at: Walk): void {
  const { calls, project } = at;
  if (node.body === undefined || calls.length >= CALLS_MAX || calls.includes(node)) return;
  const inner = bind({ type: "closure", node, env }, args, caller, project);
  if (inner !== undefined) walk(node.body, inner, { ...at, calls: [...calls, node] });
}

function optionsOf(value: Value): readonly Value[] {
  return value.type === "choice" ? value.options : [value];
}

/** Whether a function may make another thing of a value than it makes of any. */
function saysSomething(value: Value): boolean {
  return value.type === "choice"
    ? value.options.some(saysSomething)
    : value.type !== "unknown" && value.type !== "absent" && value.type !== "scalar";
}
