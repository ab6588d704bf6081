import { macros as bindings } from "../engine/macros.ts";
import type { FunctionTable } from "../engine/signature.ts";
import type { MacroTable } from "../engine/step.ts";
import { collections } from "./collections.ts";
import { conversions } from "./conversions.ts";
import { encodings } from "./encodings.ts";
import { http } from "./http.ts";
import { network } from "./network.ts";
import { numbers } from "./numbers.ts";
import { randomness } from "./randomness.ts";
import { regexMacros } from "./regex.ts";
import { strings } from "./strings.ts";
import { times } from "./times.ts";

/** Every macro that there is. */
export const macros: MacroTable = { ...bindings, ...regexMacros };

/** Every function that there is; `random` is what chance they have. */
export function functionTable(random: (() => number) | undefined): FunctionTable {
  const { functions } = randomness(random);
  return { ...table, functions: { ...table.functions, ...functions } };
}

const tables = [collections, conversions, encodings, http, network, numbers, strings, times];

const table: FunctionTable = {
  functions: mergeOverloads(tables.map(({ functions }) => functions)),
  methods: mergeOverloads(tables.map(({ methods }) => methods)),
};

/** Ways to call functions of one name stand together, whichever file they come from. */
function mergeOverloads(all: readonly FunctionTable["functions"][]): FunctionTable["functions"] {
  const merged: Record<string, FunctionTable["functions"][string]> = {};
  for (const table of all) {
    for (const [name, overloads] of Object.entries(table)) {
      merged[name] = [...merged[name] ?? [], ...overloads];
    }
  }
  return merged;
}
