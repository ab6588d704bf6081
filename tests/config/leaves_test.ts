/**
 * No accepted field is without effect: every leaf of the schema is set by a test that shows what it
 * does. Configurations are found in the tests themselves, as texts, as objects, and as the settings
 * that are handed to the functions that compile them.
 */
import assert from "node:assert/strict";
import { repositoryModules } from "../architecture/repository.ts";
import { projectOf } from "./leaves/evaluate.ts";
import { leavesSetBy } from "./leaves/set_leaves.ts";

/**
 * Where tests show effects. Tests of the schema (`tests/config/schema`, `tests/config/policies`)
 * only show what is accepted, examples of the documentation are only loaded, and what tests of APIs
 * and expressions set is no configuration.
 */
const EFFECTS = [
  /^tests\/(?:e2e|gateway|host|policies|providers|routing|runtime|config\/effects)\//,
  // What several of these share.
  /^tests\/support\/\w+\.ts$/,
];

/** Leaves that no test has to set, with the reason. */
const REASONS: Readonly<Record<string, string>> = {
  ".config.modelCatalog[].inline.providers.*.models.*.tags":
    "is kept for other tools that read the same files, as its description says",
};

Deno.test("every leaf of the schema is set by a test that shows its effect", () => {
  const tests = repositoryModules("tests/");
  const project = projectOf([...tests, ...repositoryModules("src/runtime/", "src/config/")]);
  const modules = tests.filter(({ path }) => EFFECTS.some((folder) => folder.test(path)));
  const { unset } = leavesSetBy(modules.map(({ tree }) => tree), project);
  const paths = unset.map(({ path }) => path);
  const missing = paths.filter((path) => !(path in REASONS));
  assert.equal(missing.length, 0, `no test sets:\n${missing.join("\n")}\n`);
  const unneeded = Object.keys(REASONS).filter((path) => !paths.includes(path));
  assert.deepEqual(unneeded, [], "reasons that nothing needs any more");
});
