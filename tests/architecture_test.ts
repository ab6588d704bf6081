/**
 * The rules of `docs/conventions.md` that a machine can check, on the repository itself. Each rule
 * is a function in `tests/architecture/`, with tests of its own.
 */
import assert from "node:assert/strict";
import { presetNames, providerKinds } from "../src/providers/index.ts";
import { cycleViolations } from "./architecture/cycles.ts";
import { docCommentViolations } from "./architecture/doc_comments.ts";
import { fileNameViolations } from "./architecture/file_names.ts";
import { hiddenInputViolations } from "./architecture/hidden_inputs.ts";
import { layerViolations } from "./architecture/layers.ts";
import { leftoverViolations } from "./architecture/leftovers.ts";
import { loopholeViolations } from "./architecture/loopholes.ts";
import { formatViolation, type Violation } from "./architecture/module.ts";
import { providerNameViolations, unlistedProviders } from "./architecture/provider_names.ts";
import { repositoryFiles, repositoryModules, repositoryText } from "./architecture/repository.ts";
import { columnViolations, sizeViolations } from "./architecture/sizes.ts";
import { skippedTestViolations } from "./architecture/skipped_tests.ts";

const files = repositoryFiles();
const source = repositoryModules("src/");
const written = [...source, ...repositoryModules("scripts/", "bench/", "tests/")];

function rule(claim: string, check: () => readonly Violation[]): void {
  Deno.test(claim, () => {
    const found = check().map(formatViolation);
    assert.equal(found.length, 0, `\n${found.join("\n")}\n`);
  });
}

/** Leaves out files that a rule does not hold for; the value is the reason. */
function except(
  reasons: Readonly<Record<string, string>>,
  violations: readonly Violation[],
): Violation[] {
  const excepted = new Set(violations.map(({ path }) => path).filter((path) => path in reasons));
  const unused = Object.keys(reasons).filter((path) => !excepted.has(path));
  assert.deepEqual(unused, [], "exceptions that nothing needs any more");
  return violations.filter(({ path }) => !excepted.has(path));
}

rule("src imports downwards only", () => source.flatMap(layerViolations));

rule("src has no import cycles", () => cycleViolations(source));

rule("files and functions are short", () => written.flatMap(sizeViolations));

// In tests the formatter has the last word: a claim is not worth breaking for two columns.
rule(
  "lines are short",
  () => written.filter(({ path }) => !path.startsWith("tests/")).flatMap(columnViolations),
);

rule("the compiler is never told to look away", () => written.flatMap(loopholeViolations));

rule("src has no hidden inputs", () =>
  except({
    "src/config/watch.ts": "measures how long a burst of changes lasts, as its timers do",
  }, source.flatMap(hiddenInputViolations)));

rule("no provider is named outside its folder", () => {
  const kinds = providerKinds.flatMap(({ type, shortNames }) => [type, ...shortNames]);
  // A word of English and of libraries first.
  const names = [...kinds, ...presetNames].filter((name) => name !== "custom");
  return except({
    "src/config/reference_policy_keys.ts": "lists the keys of the reference's schema as they are",
    "src/runtime/policies/guard_services.ts": "builds guards that clouds offer",
    "src/config/reference_keys.ts": "lists the keys of the reference's schema as they are",
    "src/chat/api_name.ts": "an API bears the name that its maker gave it",
    "src/config/normalise_auth.ts": "reads the config's keys for the identities of clouds",
    "src/config/normalised.ts": "tells the identities of clouds apart",
    "src/policies/cloud_auth/azure.ts": "brings that cloud's identity along",
    "src/policies/cloud_auth/entra_token.ts": "asks that cloud's library for tokens",
    "src/runtime/compile_auth.ts": "builds the identities of clouds",
    "src/gateway/models.ts": "says what the API's `owned_by` says in the reference",
  }, source.flatMap((module) => providerNameViolations(module, names)));
});

rule("every folder of providers is listed", () => {
  const folders = files.flatMap((path) => /^src\/providers\/(\w+)\//.exec(path)?.[1] ?? []);
  const list = source.filter(({ path }) => path === "src/providers/index.ts");
  assert.equal(list.length, 1);
  return list.flatMap((module) => unlistedProviders(module, [...new Set(folders)]));
});

rule("every export of src says what it is for", () => source.flatMap(docCommentViolations));

rule(
  "files are named for what they do",
  () => written.flatMap(({ path }) => fileNameViolations(path)),
);

rule("no test is skipped", () =>
  except({
    "tests/packaging/service_test.ts": "needs systemd, which a machine may not have",
  }, repositoryModules("tests/").flatMap(skippedTestViolations)));

rule("the repository speaks of the product only", () => {
  const texts = files.filter((path) => path !== "deno.lock");
  return texts.flatMap((path) => leftoverViolations(path, repositoryText(path)));
});
