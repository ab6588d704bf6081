import type { ASTNode } from "@marcbachmann/cel-js";
import { RE2JS, RE2JSSyntaxException } from "re2js";
import { CelError, CelSyntaxError } from "../expression.ts";
import { type Frame, spend, spendOnMaking } from "../engine/frame.ts";
import { typeName } from "../engine/kinds.ts";
import { text } from "../engine/signature.ts";
import type { Macro, MacroCall, MacroTable, Step } from "../engine/step.ts";

/** Longer patterns are no part of a configuration, but of a request. */
const COMPUTED_PATTERN_LENGTH_MAX = 200;

/** About what it costs to compile a pattern, in units of work. */
const COMPILING_UNITS = 2_000;

/**
 * Regular expressions, in RE2's syntax and in linear time.
 *
 * They are macros so that a pattern that is written out is compiled, and refused, at load.
 */
export const regexMacros: MacroTable = {
  matches: macro(2, ([subject, pattern], call) => matches(call, subject, pattern)),
  ".matches": macro(1, ([pattern], call) => matches(call, call.receiver, pattern)),
  ".regexReplace": macro(2, ([pattern, replacement], call) => {
    const subject = stepOf(call, call.receiver);
    const regex = regexOf(call, pattern);
    const template = stepOf(call, replacement);
    return {
      run(frame) {
        const input = textOf("regexReplace", subject.run(frame));
        return replaceAll(regex(frame), input, textOf("regexReplace", template.run(frame)), frame);
      },
    };
  }),
};

function macro(
  arity: number,
  compile: (args: readonly ASTNode[], call: MacroCall) => Step,
): Macro {
  return { arityMin: arity, arityMax: arity, compile: (call) => compile(call.args, call) };
}

function matches(call: MacroCall, subject: ASTNode | undefined, pattern: ASTNode | undefined) {
  const input = stepOf(call, subject);
  const regex = regexOf(call, pattern);
  return {
    run(frame: Frame) {
      const searched = textOf("matches", input.run(frame));
      const compiled = regex(frame);
      spendOnMatching(compiled, searched, frame);
      return compiled.test(searched);
    },
  };
}

function regexOf(call: MacroCall, pattern: ASTNode | undefined): (frame: Frame) => RE2JS {
  if (pattern?.op === "value" && typeof pattern.args === "string") {
    const regex = compileLiteral(pattern.args, pattern);
    return () => regex;
  }
  const step = stepOf(call, pattern);
  return (frame) => {
    const source = textOf("matches", step.run(frame));
    spend(frame, COMPILING_UNITS);
    if (source.length > COMPUTED_PATTERN_LENGTH_MAX) {
      throw new CelError("a computed regular expression is too long");
    }
    try {
      return RE2JS.compile(source);
    } catch (cause) {
      throw new CelError("a computed regular expression is none", { cause });
    }
  };
}

function compileLiteral(source: string, node: ASTNode): RE2JS {
  try {
    return RE2JS.compile(source);
  } catch (cause) {
    const reason = cause instanceof RE2JSSyntaxException ? `: ${cause.getDescription()}` : "";
    throw new CelSyntaxError(`no regular expression in RE2 syntax${reason}`, node.start);
  }
}

/** Replaces every match; `$1`, `${1}` and `${name}` in the replacement are what groups matched. */
function replaceAll(regex: RE2JS, input: string, template: string, frame: Frame): string {
  // To find where matches are takes longer than to find that there is one.
  for (let times = 0; times < 4; times++) spendOnMatching(regex, input, frame);
  spendOnMaking(frame, template.length);
  const parts = templateParts(regex, template);
  const matcher = regex.matcher(input);
  const pieces: string[] = [];
  let end = 0;
  while (matcher.find()) {
    pieces.push(input.slice(end, matcher.start()));
    for (const part of parts) {
      const piece = typeof part === "string" ? part : matcher.group(part) ?? "";
      spend(frame, 1);
      spendOnMaking(frame, piece.length);
      pieces.push(piece);
    }
    spend(frame, 1);
    end = matcher.end();
  }
  return pieces.join("") + input.slice(end);
}

/** The texts and the numbers of groups that a replacement is made of. */
function templateParts(regex: RE2JS, template: string): (string | number)[] {
  const named = regex.namedGroups();
  const parts: (string | number)[] = [];
  let end = 0;
  for (const found of template.matchAll(/\$(?:\$|\{(\w+)\}|(\w+))/g)) {
    const name = found[1] ?? found[2];
    parts.push(template.slice(end, found.index));
    end = found.index + found[0].length;
    if (name === undefined) parts.push("$");
    const index = /^\d+$/.test(name ?? "") ? Number(name) : named[name ?? ""];
    // A group that the pattern does not have matches nothing.
    if (index !== undefined && index <= regex.groupCount()) parts.push(index);
  }
  return [...parts, template.slice(end)];
}

/** A pattern of many states may look at each character once for each of them. */
function spendOnMatching(regex: RE2JS, input: string, frame: Frame): void {
  spend(frame, 1 + Math.ceil(input.length * (4 + regex.programSize()) / 64));
}

function stepOf({ compile, scope }: MacroCall, node: ASTNode | undefined): Step {
  if (node === undefined) throw new Error("the number of arguments was checked before");
  return compile(node, scope);
}

function textOf(name: string, value: unknown): string {
  const found = text(value);
  if (found === undefined) throw new CelError(`${name}() is not for ${typeName(value)}`);
  return found;
}
