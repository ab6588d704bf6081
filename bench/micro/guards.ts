import { RE2JS } from "re2js";
import type { ChatEvent } from "../../src/chat/events.ts";
import type { GuardContext, GuardedText, TextScope } from "../../src/policies/guards/guard.ts";
import { guardTexts } from "../../src/policies/guards/pipeline.ts";
import { builtinRule } from "../../src/policies/guards/regex/builtins/index.ts";
import { patternRule } from "../../src/policies/guards/regex/pattern_rule.ts";
import { regexGuard } from "../../src/policies/guards/regex/regex_guard.ts";
import { guardEvents } from "../../src/policies/guards/stream/guard_events.ts";
import type { MicroCase } from "./cases.ts";

const SCOPES: ReadonlySet<TextScope> = new Set<TextScope>(["systemPrompt", "messages"]);

const CONTEXT: GuardContext = {
  phase: "response",
  signal: new AbortController().signal,
  variables: {},
  headers: new Headers(),
};

/** Guards that mask, over prose with some numbers in it: the text of most requests and answers. */
export function guardCases(): readonly MicroCase[] {
  const personal = regexGuard({
    rules: [builtinRule("email"), builtinRule("creditCard")],
    scopes: SCOPES,
  });
  const pattern = regexGuard({
    rules: [patternRule(RE2JS.compile("(?i)\\b(?:api|secret)[-_ ]?key\\b\\s*[:=]\\s*\\S+"))],
    scopes: SCOPES,
  });
  const request: readonly GuardedText[] = [
    { scope: "systemPrompt", role: "system", text: prose(1_024) },
    { scope: "messages", role: "user", text: prose(3_072) },
  ];
  const found: readonly GuardedText[] = [
    ...request,
    { scope: "messages", role: "user", text: "Mail bob@example.com, pay by 4111 1111 1111 1111." },
  ];
  const context: GuardContext = { ...CONTEXT, phase: "request" };
  return [
    {
      name: "a chunk of a stream: email, creditCard",
      usMax: 5,
      run: endless(() => guardEvents([personal], CONTEXT)),
    },
    {
      name: "a chunk of a stream: a pattern",
      usMax: 5,
      run: endless(() => guardEvents([pattern], CONTEXT)),
    },
    {
      name: "a request of 4 KB: email, creditCard",
      usMax: 500,
      run: () => guardTexts([personal], request, context),
    },
    { name: "the same with something to mask", run: () => guardTexts([personal], found, context) },
    { name: "a request of 4 KB: a pattern", run: () => guardTexts([pattern], request, context) },
  ];
}

/** Chunks of a few characters, as models send them: each call is one, answer after answer. */
function endless(open: () => ReturnType<typeof guardEvents>): () => readonly ChatEvent[] {
  const chunks = prose(2_000).match(/.{1,5}/gs) ?? [];
  const start: ChatEvent = { type: "block-start", index: 0, block: { type: "text", text: "" } };
  const deltas = chunks.map((text): ChatEvent => ({ type: "block-delta", index: 0, text }));
  let guards = open();
  let next = 0;
  return () => {
    if (next === 0) {
      guards = open();
      guards.push(start);
    }
    const delta = deltas[next] ?? start;
    next = (next + 1) % deltas.length;
    return guards.push(delta);
  };
}

function prose(length: number): string {
  const sentence =
    "The order of 3 July - 42 pieces at 19.90 each - left the warehouse at 10:45, and " +
    "nobody could say (not even the driver) when it would arrive. ";
  return sentence.repeat(Math.ceil(length / sentence.length)).slice(0, length);
}
