import { compileText } from "./engine/compile_text.ts";
import { spend } from "./engine/frame.ts";
import { ARGUMENTS_MAX } from "./engine/signature.ts";
import {
  bind,
  type CustomFunction,
  type CustomTable,
  type Scope,
  type Unit,
} from "./engine/step.ts";
import { CelSyntaxError } from "./expression.ts";
import { functionTable, macros } from "./functions/index.ts";
import { type Definition, readDefinitions } from "./definitions.ts";

/** Functions that the configuration defines, for its expressions to call. */
export type CustomFunctions = CustomTable;

/** No functions but those that every expression has. */
export const noFunctions: CustomFunctions = new Map();

/**
 * Compiles a block of definitions: `isInternal() { request.headers["x-env"] == "internal" }`, or
 * `this.joined(separator, parts...) { this + parts.join(separator) }` for methods.
 *
 * They may call each other in any order, but not themselves. Throws `CelSyntaxError`.
 */
export function compileFunctions(
  source: string,
  { random }: { readonly random?: () => number } = {},
): CustomFunctions {
  const functions = functionTable(random);
  const definitions = new Map<string, Definition>();
  for (const definition of readDefinitions(source)) {
    const { key, name, isMethod, start } = definition;
    const table = isMethod ? functions.methods : functions.functions;
    if (Object.hasOwn(table, name) || Object.hasOwn(macros, isMethod ? `.${name}` : name)) {
      throw new CelSyntaxError(`${name}() is a function already`, start);
    }
    if (definitions.has(key)) throw new CelSyntaxError(`${name}() is defined twice`, start);
    definitions.set(key, definition);
  }
  const compiled = new Map<string, CustomFunction>();
  const begun = new Set<string>();
  const table: CustomTable = { keys: () => definitions.keys(), get };
  function get(key: string): CustomFunction | undefined {
    const definition = definitions.get(key);
    const ready = compiled.get(key);
    if (definition === undefined || ready !== undefined) return ready;
    if (begun.has(key)) {
      throw new CelSyntaxError(`${definition.name}() calls itself`, definition.start);
    }
    begun.add(key);
    const made = compileDefinition(definition, { functions, macros, custom: table });
    compiled.set(key, made);
    return made;
  }
  for (const key of definitions.keys()) get(key);
  return compiled;
}

function compileDefinition(
  definition: Definition,
  shared: Pick<Unit, "functions" | "macros" | "custom">,
): CustomFunction {
  const { isMethod, parameters, isVariadic, body, bodyStart } = definition;
  // With as many spaces before it as it had text, what is wrong in it has its place in the block.
  const source = " ".repeat(bodyStart) + body;
  const unit: Unit = { ...shared, source, paths: new Set(), roots: new Map() };
  const names = [...isMethod ? ["this"] : [], ...parameters];
  const scope = names.reduce((outer, name) => bind(outer, name).inner, emptyScope(unit));
  const { run } = compileText(source, scope);
  const single = isVariadic ? names.length - 1 : names.length;
  const implied = isMethod ? 1 : 0;
  return {
    arityMin: single - implied,
    arityMax: isVariadic ? ARGUMENTS_MAX - implied : single - implied,
    paths: unit.paths,
    roots: unit.roots,
    call(args, outer) {
      const locals = isVariadic ? [...args.slice(0, single), args.slice(single)] : [...args];
      const frame = { ...outer, locals };
      spend(frame, 1);
      return run(frame);
    },
  };
}

function emptyScope(unit: Unit): Scope {
  return { unit, locals: new Map() };
}
