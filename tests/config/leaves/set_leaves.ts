import type ts from "typescript";
import { Config } from "../../../src/config/schema/index.ts";
import { configurationsIn } from "./configurations.ts";
import type { Project } from "./evaluate.ts";
import { explore } from "./explore.ts";
import { handedTo, processSettingsIn } from "./handed.ts";
import { credit, type Leaf, leavesOf } from "./schema_leaves.ts";
import { type Handed, writtenIn } from "./typed.ts";

/** Tells the leaves of the configuration's schema that modules set from those that they do not. */
export function leavesSetBy(
  modules: readonly ts.SourceFile[],
  project: Project,
): { readonly set: readonly Leaf[]; readonly unset: readonly Leaf[] } {
  const members = new Map<object, Set<string>>();
  const credits = {
    add(owner: object, member: string) {
      members.set(owner, (members.get(owner) ?? new Set<string>()).add(member));
    },
  };
  const creditAll = (handed: readonly Handed[]) => {
    for (const { value, schema } of handed) credit(value, schema, credits);
  };
  for (const module of modules) {
    explore(module, project, {
      made(value) {
        for (const config of configurationsIn(value)) credit(config, Config, credits);
        creditAll(processSettingsIn(value));
      },
      called: (call) => creditAll(handedTo(call, project)),
      declared: (value, type) => creditAll(writtenIn(value, type, project)),
    });
  }
  const isSet = ({ owner, member }: Leaf) => members.get(owner)?.has(member) === true;
  const leaves = leavesOf(Config);
  return { set: leaves.filter(isSet), unset: leaves.filter((leaf) => !isSet(leaf)) };
}
