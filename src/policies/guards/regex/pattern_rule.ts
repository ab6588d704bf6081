import type { RE2JS } from "re2js";
import type { Rule } from "./finder.ts";
import { machine } from "./machine.ts";
import { patternFinder } from "./pattern_finder.ts";
import { programOf } from "./program.ts";

/** The rule of a pattern of the configuration. */
export function patternRule(pattern: RE2JS): Rule {
  const compiled = machine(programOf(pattern));
  return {
    mask: "<masked>",
    mayFind: (text) => pattern.test(text),
    open: () => patternFinder(compiled),
  };
}
