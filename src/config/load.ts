import * as v from "valibot";
import { isScalar, type Node } from "yaml";
import { type Diagnostic, formatPath, type Problem, sortDiagnostics } from "./diagnostic.ts";
import type { Environment } from "./expand.ts";
import { findNode, followAlias, offsetOf } from "./find_node.ts";
import { type NodePath, readValues, type Values } from "./read_values.ts";
import { Config } from "./schema/index.ts";
import { explain, wordIssue } from "./wording.ts";
import { readYaml, type Source, type YamlDocument } from "./yaml_document.ts";

/** A configuration that holds by itself. */
export interface Loaded {
  readonly config: Config;
  /** The place of a problem that is found later, when the parts are put together. */
  locate(problem: Problem): Diagnostic;
}

/** What speaks against a configuration, in the order of the file. */
export interface Refused {
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads a configuration, or tells everything that is wrong with it; never throws. */
export function loadConfig(source: Source, environment: Environment): Loaded | Refused {
  const yaml = readYaml(source);
  if ("errors" in yaml) return { diagnostics: sortDiagnostics(yaml.errors) };
  const values = readValues(yaml.document, environment);
  const locate = (problem: Problem) => locateIn(source, yaml, values, problem);
  const result = v.safeParse(Config, values.value, { message: explain });
  const diagnostics = [
    ...yaml.warnings,
    ...values.problems.map(({ node, path, message }) => ({
      ...locate({ path, message }),
      ...yaml.place(node.range?.[0] ?? 0),
    })),
    ...(result.issues ?? []).flatMap((issue) => diagnose(issue, yaml, values, locate)),
  ];
  if (!result.success || diagnostics.length > 0) {
    return { diagnostics: sortDiagnostics(diagnostics) };
  }
  return { config: result.output, locate };
}

function locateIn(
  source: Source,
  yaml: YamlDocument,
  values: Values,
  { path, message, at = "value", offset }: Problem,
): Diagnostic {
  const found = findNode(yaml.document.contents, path, values.targets);
  return {
    file: source.name,
    ...yaml.place(offsetOf(found, at) + offsetInText(found.node, offset)),
    path: formatPath(path),
    message,
  };
}

/** A text that is written as it is, on one line, has its parts where they are. */
function offsetInText(node: Node | undefined, offset: number | undefined): number {
  if (offset === undefined || !isScalar(node) || typeof node.value !== "string") return 0;
  const [start, end] = node.range ?? [0, 0];
  if (node.type === "PLAIN") return end - start === node.value.length ? offset : 0;
  return end - start === node.value.length + 2 ? offset + 1 : 0;
}

function diagnose(
  issue: v.BaseIssue<unknown>,
  yaml: YamlDocument,
  values: Values,
  locate: (problem: Problem) => Diagnostic,
): readonly Diagnostic[] {
  if (issue.path === undefined && values.value === null) {
    return [locate({ path: [], message: EMPTY })];
  }
  const path = pathOf(issue);
  if (issue.path?.at(-1)?.origin === "key") {
    return [locate({ path, message: wordIssue(issue, undefined), at: "key" })];
  }
  const { node } = findNode(yaml.document.contents, path, values.targets);
  const target = followAlias(node, values.targets);
  // What has been complained of already is not what the author meant.
  if ([node, target].some((one) => one !== undefined && values.troubled.has(one))) return [];
  const origin = target === undefined ? undefined : values.origins.get(target);
  return [locate({ path, message: wordIssue(issue, origin) })];
}

const EMPTY = "the file is empty: expected a mapping with llm, gateways and routes, or binds";

function pathOf({ path }: v.BaseIssue<unknown>): NodePath {
  return (path ?? []).map(({ key }) => typeof key === "number" ? key : String(key));
}
