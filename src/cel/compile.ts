import { didYouMean } from "../lib/did_you_mean.ts";
import { type CustomFunctions, noFunctions } from "./custom_functions.ts";
import { compileText } from "./engine/compile_text.ts";
import { openFrame } from "./engine/frame.ts";
import { plain } from "./engine/plain.ts";
import type { Unit } from "./engine/step.ts";
import { CelError, type Expression, type Variables } from "./expression.ts";
import { functionTable, macros } from "./functions/index.ts";
import { knownRoots } from "./known_roots.ts";

/** An expression with what is known of it beside its value. */
export interface CompiledExpression extends Expression {
  /** Names of no variable that there ever is: most likely misspelled, though no error. */
  readonly unknownNames: readonly UnknownName[];
  /** Whether its value is to be shown as several fields: `flatten(x)`, `flattenRecursive(x)`. */
  readonly isFlattened: boolean;
}

/** A name that no variable has. */
export interface UnknownName {
  readonly name: string;
  /** Where in the text it stands first, in UTF-16 units from 0. */
  readonly offset: number;
  /** ` (did you mean llm?)`, or nothing. */
  readonly hint: string;
}

/** What expressions are given from outside. */
export interface CelOptions {
  /** In [0, 1), for `random()` and `uuid()`. */
  readonly random?: () => number;
}

/** Compiles CEL; throws `CelSyntaxError` where the text is none. */
export function compileExpression(
  source: string,
  functions: CustomFunctions = noFunctions,
  { random }: CelOptions = {},
): CompiledExpression {
  const unit: Unit = {
    source,
    functions: functionTable(random),
    macros,
    custom: functions,
    paths: new Set(),
    roots: new Map(),
  };
  const { run, tree } = compileText(source, { unit, locals: new Map() });
  return {
    source,
    roots: new Set(unit.roots.keys()),
    paths: unit.paths,
    unknownNames: unknownNames(unit.roots),
    isFlattened: tree.op === "call" && /^flatten(Recursive)?$/.test(tree.args[0]),
    evaluate(variables) {
      const frame = openFrame(variables);
      try {
        return plain(run(frame), frame);
      } catch (cause) {
        throw cause instanceof CelError ? cause : new CelError("no value can be had", { cause });
      }
    },
    test: (variables: Variables) => {
      try {
        return run(openFrame(variables)) === true;
      } catch {
        return false;
      }
    },
  };
}

/** Whether an expression may look at a member of a variable: `request.body`. */
export function looksAt({ paths }: Expression, path: string): boolean {
  return [...paths].some((looked) => {
    return looked === path || looked.startsWith(`${path}.`) || path.startsWith(`${looked}.`);
  });
}

function unknownNames(roots: ReadonlyMap<string, number>): UnknownName[] {
  const known: readonly string[] = knownRoots;
  return [...roots].filter(([name]) => !known.includes(name)).map(([name, offset]) => {
    return { name, offset, hint: didYouMean(name, known) };
  });
}
