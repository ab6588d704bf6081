/**
 * No accepted field is without effect: every leaf of the schema is set by a test that shows what it
 * does. Configurations are found in the tests themselves, as texts, as objects, and as the settings
 * that are handed to the functions that compile them.
 */
import assert from "node:assert/strict";
import { Config } from "../../src/config/schema/index.ts";
import { repositoryModules } from "../architecture/repository.ts";
import { configurationsIn } from "./leaves/configurations.ts";
import { projectOf } from "./leaves/evaluate.ts";
import { explore } from "./leaves/explore.ts";
import { handedTo, processSettingsIn } from "./leaves/handed.ts";
import { credit, leavesOf } from "./leaves/schema_leaves.ts";
import { writtenIn } from "./leaves/typed.ts";
import { UNSET } from "./leaves/unset.ts";

/** Where tests show effects; those of schemas alone show none. */
const EFFECTS =
  /^tests\/(e2e|gateway|policies|runtime|routing|host|providers|support|cost|admin|telemetry|cli|config\/effects)\//;

const modules = repositoryModules("tests/");
const project = projectOf([...modules, ...repositoryModules("src/runtime/", "src/config/")]);

/** The leaves that no test sets, by their paths. */
function unsetLeaves(): readonly string[] {
  const set = new Map<object, Set<string>>();
  const to = {
    add(owner: object, member: string) {
      const members = set.get(owner) ?? new Set<string>();
      set.set(owner, members.add(member));
    },
  };
  for (const { path, tree } of modules) {
    if (!EFFECTS.test(path)) continue;
    explore(tree, project, {
      made(value) {
        for (const config of configurationsIn(value)) credit(config, Config, to);
        for (const one of processSettingsIn(value)) credit(one.value, one.schema, to);
      },
      called(call) {
        for (const { value, schema } of handedTo(call, project)) credit(value, schema, to);
      },
      declared(declared, type) {
        for (const { value, schema } of writtenIn(declared, type, project)) {
          credit(value, schema, to);
        }
      },
    });
  }
  return leavesOf(Config).filter(({ owner, member }) => set.get(owner)?.has(member) !== true)
    .map(({ path }) => path);
}

Deno.test("every leaf of the schema is set by a test that shows its effect", () => {
  assert.deepEqual([...unsetLeaves()].sort(), [...UNSET].sort());
});
