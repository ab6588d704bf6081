import { RE2JS } from "re2js";
import { type ChatRequest, isAfterTool, lastUserText } from "./request.ts";
import type { MatchSettings } from "./settings.ts";

/**
 * Compiles the test whether a scripted answer is for a request.
 *
 * A script that calls tools is not for the request that hands in their results unless it says so:
 * the user's last message is still the same then, and the loop would never end.
 */
export function scriptMatcher(
  match: MatchSettings,
  callsTools: boolean,
): (request: ChatRequest) => boolean {
  const afterTool = match.afterTool ?? (callsTools ? false : undefined);
  const matchesModel = modelTest(match.model);
  const matchesText = textTest(match.lastUserMessage);
  return (request) =>
    (afterTool === undefined || afterTool === isAfterTool(request)) &&
    matchesModel(request.model) && matchesText(lastUserText(request));
}

type Test = (text: string) => boolean;

const everything: Test = () => true;

function modelTest(pattern: string | undefined): Test {
  if (pattern === undefined || pattern === "*") return everything;
  if (!pattern.includes("*")) return (model) => model === pattern;
  const regex = RE2JS.compile(`^${pattern.split("*").map(RE2JS.quote).join(".*")}$`, RE2JS.DOTALL);
  return (model) => regex.test(model);
}

function textTest(match: MatchSettings["lastUserMessage"]): Test {
  const { contains, equals, regex } = match ?? {};
  if (contains !== undefined) return (text) => text.includes(contains);
  if (equals !== undefined) return (text) => text === equals;
  if (regex === undefined) return everything;
  const compiled = RE2JS.compile(regex);
  return (text) => compiled.test(text);
}
