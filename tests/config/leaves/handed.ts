import ts from "typescript";
import { Config } from "../../../src/config/schema/index.ts";
import { ProcessSettings } from "../../../src/config/schema/process.ts";
import { providerKinds } from "../../../src/providers/index.ts";
import { parsedText } from "./configurations.ts";
import type { Project } from "./evaluate.ts";
import { fits } from "./schema_leaves.ts";
import { type Handed, writtenIn } from "./typed.ts";
import { list, memberOf, type Value } from "./value.ts";

/** A call with what is known of it. */
export interface Call {
  readonly node: ts.CallExpression;
  readonly callee: Value;
  readonly args: readonly Value[];
}

/** What a call hands over of a configuration. */
export function handedTo({ node, callee, args }: Call, project: Project): readonly Handed[] {
  const [first, second] = args;
  if (first === undefined) return [];
  const name = node.expression.getText();
  if (/^v\.(?:safeP|p)arse$/.test(name) && second !== undefined) {
    const schema = first.type === "schema" ? first.schema : settingsSchema(node.arguments[0]);
    return [{ value: second, schema }];
  }
  if (name === "loadConfig") return parsed(memberOf(first, "text"));
  // How tests connect a provider of a kind.
  if (name === "connected" && second !== undefined) return settingsOf(first, second);
  return declaredFor(callee, args, project);
}

/** Settings of the process, which tests hand to a gateway beside the rest of its configuration. */
export function processSettingsIn(value: Value): readonly Handed[] {
  if (value.type === "choice") return value.options.flatMap(processSettingsIn);
  if (value.type !== "object") return [];
  const settings = value.members.get("settings");
  return settings !== undefined && settings.type !== "unknown" && fits(settings, ProcessSettings)
    ? [{ value: settings, schema: ProcessSettings }]
    : [];
}

/** Where kinds and settings come from a table, settings count that fit one of the kinds alone. */
function settingsOf(type: Value, settings: Value): readonly Handed[] {
  if (settings.type === "choice") return settings.options.flatMap((one) => settingsOf(type, one));
  const types = type.type === "choice" ? type.options : [type];
  const kinds = providerKinds.filter((kind) =>
    types.some((one) => one.type === "text" && one.text === kind.type) &&
    fits(settings, kind.settings)
  );
  const [kind, ...others] = kinds;
  return kind === undefined || others.length > 0
    ? []
    : [{ value: settings, schema: kind.settings }];
}

/** `mock.settings` and its like. */
function settingsSchema(node: ts.Expression | undefined): unknown {
  return providerKinds.find(({ type }) => node?.getText() === `${type}.settings`)?.settings;
}

function parsed(value: Value): readonly Handed[] {
  if (value.type === "choice") return value.options.flatMap(parsed);
  return value.type === "text" ? [{ value: parsedText(value), schema: Config }] : [];
}

/** What the parameters of a function are declared to be. */
function declaredFor(callee: Value, args: readonly Value[], project: Project): readonly Handed[] {
  if (callee.type !== "closure") return [];
  return callee.node.parameters.flatMap(({ type, dotDotDotToken }, index) => {
    const value = dotDotDotToken === undefined ? args[index] : list(args.slice(index));
    return value === undefined ? [] : writtenIn(value, type, project);
  });
}
