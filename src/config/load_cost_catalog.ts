import * as v from "valibot";
import { type Diagnostic, formatPath, sortDiagnostics } from "./diagnostic.ts";
import { findNode, offsetOf } from "./find_node.ts";
import { readValues } from "./read_values.ts";
import { CostCatalog, type CostCatalogConfig } from "./schema/cost_catalog.ts";
import { explain, wordIssue } from "./wording.ts";
import { readYaml, type Source } from "./yaml_document.ts";

/** Reads a catalog in YAML or JSON, or tells everything that is wrong with it; never throws. */
export function loadCostCatalog(
  source: Source,
): { readonly catalog: CostCatalogConfig } | { readonly diagnostics: readonly Diagnostic[] } {
  const yaml = readYaml(source);
  if ("errors" in yaml) return { diagnostics: sortDiagnostics(yaml.errors) };
  const { document, place } = yaml;
  const values = readValues(document, { get: () => undefined });
  const result = v.safeParse(CostCatalog, values.value, { message: explain });
  const mistakes = values.problems.map(({ node, path, message }): Diagnostic => {
    const start = place(node.range?.[0] ?? 0);
    return { file: source.name, ...start, path: formatPath(path), message };
  });
  const issues = (result.issues ?? []).map((issue): Diagnostic => {
    const path = (issue.path ?? []).map(({ key }) => typeof key === "number" ? key : String(key));
    const at = issue.path?.at(-1)?.origin === "key" ? "key" : "value";
    const found = findNode(document.contents, path, values.targets);
    const start = place(offsetOf(found, at));
    const message = wordIssue(issue, undefined);
    return { file: source.name, ...start, path: formatPath(path), message };
  });
  const diagnostics = [...yaml.warnings, ...mistakes, ...issues];
  return result.success && diagnostics.length === 0
    ? { catalog: result.output }
    : { diagnostics: sortDiagnostics(diagnostics) };
}
