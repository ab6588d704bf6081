/**
 * Works out what expressions of tests stand for, without running them: literals, templates,
 * constants, members, loops over tables, and calls of functions that the tests define themselves.
 * All else is unknown.
 */
import ts from "typescript";
import { returnsOf } from "./returns_of.ts";
import { resolve } from "../../architecture/module.ts";
import { builtIn } from "./built_ins.ts";
import { schemaByName } from "./schema_names.ts";
import { type Declaration, declarationOf, namesOf, partOf } from "./scope.ts";
import {
  ABSENT,
  choice,
  type Closure,
  each,
  elementOf,
  type Env,
  itemsOf,
  joined,
  list,
  memberOf,
  NOTHING_BOUND,
  object,
  text,
  UNKNOWN,
  type Value,
} from "./value.ts";

/** The modules that may define what an expression names, by their paths. */
export interface Project {
  readonly modules: ReadonlyMap<string, ts.SourceFile>;
  /** Values of what modules define, which are the same for all who ask. */
  readonly defined: Map<ts.Node, Value>;
  /** Values of objects, texts and calls, which several look at in the same surroundings. */
  readonly seen: WeakMap<Env, Map<ts.Node, Value>>;
}

/** What is known of modules before any of them is looked at. */
export function projectOf(modules: readonly { path: string; tree: ts.SourceFile }[]): Project {
  return {
    modules: new Map(modules.map(({ path, tree }) => [path, tree])),
    defined: new Map(),
    seen: new WeakMap(),
  };
}

const DEPTH_MAX = 8;

/** What an expression stands for. */
export function evaluate(node: ts.Node, env: Env, project: Project): Value {
  const isWorth = ts.isCallExpression(node) || ts.isObjectLiteralExpression(node) ||
    ts.isArrayLiteralExpression(node) || ts.isTemplateExpression(node);
  if (!isWorth) return evaluateAnew(node, env, project);
  const seen = project.seen.get(env) ?? new Map<ts.Node, Value>();
  project.seen.set(env, seen);
  const before = seen.get(node);
  if (before !== undefined) return before;
  const value = evaluateAnew(node, env, project);
  seen.set(node, value);
  return value;
}

function evaluateAnew(node: ts.Node, env: Env, project: Project): Value {
  const value = (inner: ts.Node) => evaluate(inner, env, project);
  if (ts.isStringLiteralLike(node)) return text(node.text);
  if (ts.isNumericLiteral(node)) {
    return { type: "scalar", value: Number(node.text.replaceAll("_", "")) };
  }
  if (node.kind === ts.SyntaxKind.TrueKeyword) return { type: "scalar", value: true };
  if (node.kind === ts.SyntaxKind.FalseKeyword) return { type: "scalar", value: false };
  if (node.kind === ts.SyntaxKind.NullKeyword) return { type: "scalar", value: null };
  if (ts.isIdentifier(node)) return named(node, node.text, env, project);
  if (ts.isTemplateExpression(node)) {
    const spans = node.templateSpans.flatMap((
      span,
    ) => [value(span.expression), text(span.literal.text)]);
    return joined([text(node.head.text), ...spans]);
  }
  if (ts.isObjectLiteralExpression(node)) return objectOf(node, env, project);
  if (ts.isArrayLiteralExpression(node)) {
    return list(
      node.elements.flatMap((item) =>
        ts.isSpreadElement(item) ? itemsOf(value(item.expression)) : [value(item)]
      ),
    );
  }
  if (ts.isArrowFunction(node) || ts.isFunctionExpression(node) || ts.isFunctionDeclaration(node)) {
    return { type: "closure", node, env };
  }
  if (ts.isPropertyAccessExpression(node)) return memberOf(value(node.expression), node.name.text);
  if (ts.isElementAccessExpression(node)) {
    return each(value(node.argumentExpression), (key) => elementAt(value(node.expression), key));
  }
  if (ts.isConditionalExpression(node)) {
    return choice([value(node.whenTrue), value(node.whenFalse)]);
  }
  if (ts.isBinaryExpression(node)) return binary(node, env, project);
  if (ts.isCallExpression(node)) return callOf(node, env, project);
  const inner = innerOf(node);
  return inner === undefined ? UNKNOWN : value(inner);
}

/** An expression that says no more than another in it. */
function innerOf(node: ts.Node): ts.Expression | undefined {
  const isTransparent = ts.isParenthesizedExpression(node) || ts.isAsExpression(node) ||
    ts.isSatisfiesExpression(node) || ts.isAwaitExpression(node);
  return isTransparent ? node.expression : undefined;
}

function elementAt(value: Value, key: Value): Value {
  if (key.type === "text" && key.holes.size === 0) return memberOf(value, key.text);
  if (key.type === "scalar") return memberOf(value, String(key.value));
  return each(
    value,
    (one) => one.type === "object" ? choice([...one.members.values()]) : elementOf(one),
  );
}

function binary(node: ts.BinaryExpression, env: Env, project: Project): Value {
  const sides = () => [node.left, node.right].map((side) => evaluate(side, env, project));
  switch (node.operatorToken.kind) {
    case ts.SyntaxKind.PlusToken:
      return joined(sides());
    case ts.SyntaxKind.BarBarToken:
    case ts.SyntaxKind.QuestionQuestionToken: {
      const known = sides().filter(({ type }) => type !== "absent");
      return choice(known);
    }
    case ts.SyntaxKind.AmpersandAmpersandToken:
      return evaluate(node.right, env, project);
    default:
      return UNKNOWN;
  }
}

function objectOf(node: ts.ObjectLiteralExpression, env: Env, project: Project): Value {
  const members = new Map<string, Value>();
  for (const property of node.properties) {
    if (ts.isSpreadAssignment(property)) {
      for (const [key, value] of membersOf(evaluate(property.expression, env, project))) {
        const before = members.get(key);
        members.set(key, before === undefined ? value : choice([value, before]));
      }
    } else if (ts.isPropertyAssignment(property)) {
      const value = evaluate(property.initializer, env, project);
      for (const key of keysOf(property.name, env, project)) members.set(key, value);
    } else if (ts.isShorthandPropertyAssignment(property)) {
      const { text: key } = property.name;
      members.set(key, named(property, key, env, project));
    } else if (ts.isMethodDeclaration(property)) {
      for (const key of keysOf(property.name, env, project)) {
        members.set(key, { type: "closure", node: property, env });
      }
    }
  }
  return object(members);
}

function membersOf(value: Value): readonly (readonly [string, Value])[] {
  if (value.type === "object") return [...value.members];
  return value.type === "choice" ? value.options.flatMap(membersOf) : [];
}

function keysOf(name: ts.PropertyName, env: Env, project: Project): readonly string[] {
  if (!ts.isComputedPropertyName(name)) return [name.text];
  const value = evaluate(name.expression, env, project);
  const options = value.type === "choice" ? value.options : [value];
  return options.flatMap((one) => one.type === "text" && one.holes.size === 0 ? [one.text] : []);
}

function named(place: ts.Node, name: string, env: Env, project: Project): Value {
  if (name === "undefined") return ABSENT;
  const declaration = declarationOf(place, name);
  return declaration === undefined ? UNKNOWN : declared(declaration, env, project);
}

function declared(declaration: Declaration, env: Env, project: Project): Value {
  if (!isOfModule(declaration)) return declaredAnew(declaration, env, project);
  const before = project.defined.get(declaration);
  if (before !== undefined) return before;
  // What is defined by itself is unknown.
  project.defined.set(declaration, UNKNOWN);
  const value = declaredAnew(declaration, NOTHING_BOUND, project);
  project.defined.set(declaration, value);
  return value;
}

function isOfModule(declaration: Declaration): boolean {
  if (ts.isImportSpecifier(declaration)) return true;
  if (ts.isFunctionDeclaration(declaration)) return ts.isSourceFile(declaration.parent);
  const whole = ts.isBindingElement(declaration) ? partOf(declaration).whole : declaration;
  if (!ts.isVariableDeclaration(whole) || !ts.isVariableStatement(whole.parent.parent)) {
    return false;
  }
  return ts.isSourceFile(whole.parent.parent.parent);
}

function declaredAnew(declaration: Declaration, env: Env, project: Project): Value {
  if (ts.isImportSpecifier(declaration)) return imported(declaration, project);
  if (ts.isFunctionDeclaration(declaration)) return { type: "closure", node: declaration, env };
  if (ts.isBindingElement(declaration)) {
    const { whole, way } = partOf(declaration);
    return way.reduce(
      (value, step) => partAt(value, step, env, project),
      declared(whole, env, project),
    );
  }
  if (ts.isParameter(declaration)) return boundTo(declaration, env) ?? UNKNOWN;
  if (ts.isForOfStatement(declaration.parent.parent)) {
    return boundTo(declaration, env) ??
      elementOf(evaluate(declaration.parent.parent.expression, env, project));
  }
  const { initializer } = declaration;
  return initializer === undefined ? UNKNOWN : evaluate(initializer, env, project);
}

function partAt(value: Value, step: ts.BindingElement, env: Env, project: Project): Value {
  if (step.dotDotDotToken !== undefined) return value;
  const { parent, propertyName, name, initializer } = step;
  const key = ts.isArrayBindingPattern(parent)
    ? String(parent.elements.indexOf(step))
    : (propertyName ?? name).getText();
  const part = memberOf(value, key.replaceAll('"', ""));
  if (initializer === undefined || part.type !== "absent") return part;
  return evaluate(initializer, env, project);
}

function boundTo(name: ts.Node, env: Env | undefined): Value | undefined {
  for (let scope = env; scope !== undefined; scope = scope.outer) {
    const value = scope.bound.get(name);
    if (value !== undefined) return value;
  }
  return undefined;
}

function imported(specifier: ts.ImportSpecifier, project: Project): Value {
  const from = specifier.parent.parent.parent;
  if (!ts.isImportDeclaration(from) || !ts.isStringLiteral(from.moduleSpecifier)) return UNKNOWN;
  const path = resolve(specifier.getSourceFile().fileName, from.moduleSpecifier.text);
  const module = project.modules.get(path);
  const name = (specifier.propertyName ?? specifier.name).text;
  const schema = path.startsWith("src/config/schema/") ? schemaByName.get(name) : undefined;
  if (schema !== undefined) return { type: "schema", schema };
  const declaration = module === undefined ? undefined : namesOf(module).get(name);
  return declaration === undefined ? UNKNOWN : declared(declaration, NOTHING_BOUND, project);
}

function callOf(node: ts.CallExpression, env: Env, project: Project): Value {
  const args = node.arguments.map((argument) => evaluate(argument, env, project));
  const apply = (callee: Value, given: readonly Value[]) => applied(callee, given, env, project);
  const { expression: callee } = node;
  if (ts.isPropertyAccessExpression(callee)) {
    const { name: { text: method }, expression } = callee;
    const receiver = evaluate(expression, env, project);
    const done = builtIn(expression.getText(), receiver, method, args, apply);
    if (done !== undefined) return done;
  }
  const [first] = args;
  if (callee.getText() === "closedObject" && first?.type === "schema") {
    return { type: "schema", schema: { kind: "schema", entries: first.schema } };
  }
  return apply(evaluate(callee, env, project), args);
}

/** What a function returns. */
function applied(callee: Value, args: readonly Value[], env: Env, project: Project): Value {
  return each(callee, (one) => {
    const inner = one.type === "closure" ? bind(one, args, env, project) : undefined;
    if (inner === undefined || one.type !== "closure") return UNKNOWN;
    const { body } = one.node;
    if (body === undefined || !isOfTests(one)) return UNKNOWN;
    if (!ts.isBlock(body)) return evaluate(body, inner, project);
    return choice(returnsOf(body).map((returned) => evaluate(returned, inner, project)));
  });
}

/** What the product does is what tests find out; its functions are known by their names only. */
export function isOfTests({ node }: Closure): boolean {
  return node.getSourceFile().fileName.startsWith("tests/");
}

/** The surroundings of a function's body in a call; undefined where calls go too deep. */
export function bind(
  { node, env }: Closure,
  args: readonly Value[],
  caller: Env,
  project: Project,
): Env | undefined {
  if (caller.depth >= DEPTH_MAX) return undefined;
  const bound = new Map<ts.Node, Value>();
  for (const [index, parameter] of node.parameters.entries()) {
    const { initializer, dotDotDotToken } = parameter;
    const given = dotDotDotToken === undefined ? args[index] ?? ABSENT : list(args.slice(index));
    const isLeftOut = given.type === "absent" && initializer !== undefined;
    bound.set(parameter, isLeftOut ? evaluate(initializer, env, project) : given);
  }
  return { bound, outer: env, depth: caller.depth + 1 };
}
