import type { ProblemPath } from "../../config/normalised.ts";
import { isMapping } from "../../lib/mapping.ts";
import { conditional } from "../../policies/conditional.ts";
import type { Policy } from "../../policies/policy.ts";
import type { CompileContext } from "../compile_context.ts";

/** The plain form of a policy that may also be written as entries with conditions. */
export type PlainOf<Written> = Exclude<Written, { readonly conditional: unknown }>;

/** One of its entries with conditions. */
export type EntryOf<Written> = Written extends {
  readonly conditional: readonly (infer Entry)[];
} ? Entry & { readonly condition?: string }
  : never;

/** Compiles a policy in either form; entries are compiled in the same way as the plain form. */
export function compileConditional<Written>(
  written: Written,
  at: ProblemPath,
  context: CompileContext,
  compileEntry: (
    settings: PlainOf<Written> | EntryOf<Written>,
    at: ProblemPath,
  ) => Policy | undefined,
): Policy | undefined {
  if (isPlain(written)) return compileEntry(written, at);
  const entries = entriesOf(written).map((entry, index) => {
    const place = [...at, "conditional", index];
    const condition = entry.condition === undefined
      ? undefined
      : context.expression(entry.condition, [...place, "condition"]);
    return { condition, policy: compileEntry(entry, place) };
  });
  const name = entries.find(({ policy }) => policy !== undefined)?.policy?.name;
  return name === undefined ? undefined : conditional(name, entries);
}

function isPlain<Written>(written: Written): written is Written & PlainOf<Written> {
  return !isMapping(written) || !Object.hasOwn(written, "conditional");
}

function entriesOf<Written>(written: Written): readonly EntryOf<Written>[] {
  const entries = isMapping(written) ? written.conditional : undefined;
  return isEntries<Written>(entries) ? entries : [];
}

/** The schema has made them so; here they have only lost their type. */
function isEntries<Written>(entries: unknown): entries is readonly EntryOf<Written>[] {
  return Array.isArray(entries);
}
