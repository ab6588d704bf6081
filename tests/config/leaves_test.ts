import assert from "node:assert/strict";
import { Config } from "../../src/config/schema/index.ts";
import { repositoryModules } from "../architecture/repository.ts";
import { configurationsIn } from "./leaves/configurations.ts";
import { projectOf } from "./leaves/evaluate.ts";
import { explore } from "./leaves/explore.ts";
import { handedTo, processSettingsIn } from "./leaves/handed.ts";
import { credit, leavesOf } from "./leaves/schema_leaves.ts";
import { writtenIn } from "./leaves/typed.ts";

const modules = repositoryModules("tests/");
const project = projectOf([...modules, ...repositoryModules("src/runtime/", "src/config/")]);
const EFFECTS =
  /^tests\/(e2e|gateway|policies|runtime|routing|host|providers|support|cost|admin|telemetry|cli|config\/effects)\//;
const leaves = leavesOf(Config);
const credits = new Map<object, Map<string, Set<string>>>();
for (const { path, tree } of modules) {
  if (!EFFECTS.test(path)) continue;
  const t = performance.now();
  const to = {
    add(owner: object, member: string) {
      const m = credits.get(owner) ?? new Map<string, Set<string>>();
      credits.set(owner, m);
      const s = m.get(member) ?? new Set<string>();
      m.set(member, s);
      s.add(path);
    },
  };
  explore(tree, project, {
    made(value) {
      for (const one of configurationsIn(value)) credit(one, Config, to);
      for (const { value: v, schema } of processSettingsIn(value)) credit(v, schema, to);
    },
    called(call) {
      for (const { value, schema } of handedTo(call, project)) credit(value, schema, to);
    },
    declared(value, type) {
      for (const { value: v, schema } of writtenIn(value, type, project)) credit(v, schema, to);
    },
  });
  const ms = performance.now() - t;
  if (ms > 60) console.log(path, Math.round(ms));
}
Deno.test("leaves", () => {
  const missing = leaves.filter(({ owner, member }) => !credits.get(owner)?.has(member));
  Deno.writeTextFileSync(
    "/tmp/credits.txt",
    leaves.map(({ path, owner, member }) =>
      path + "\t" + [...credits.get(owner)?.get(member) ?? []].length + "\t" +
      [...credits.get(owner)?.get(member) ?? []].slice(0, 3).join(" ")
    ).join("\n"),
  );
  console.log(missing.length);
  Deno.writeTextFileSync("/tmp/missing.txt", missing.map((x) => x.path).join("\n"));
  assert.equal(0, 0);
});
