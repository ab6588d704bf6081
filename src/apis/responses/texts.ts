import { isMapping } from "../../lib/mapping.ts";
import type { TextAccess, TextPlace } from "../api.ts";
import {
  inside,
  items,
  jsonTexts,
  members,
  type Speaker,
  SPEAKERS,
  type Spot,
  stringsIn,
  textAt,
  whole,
} from "../texts.ts";

/** Where the texts of responses stand. */
export const texts: TextAccess = {
  request: (request) => [
    ...textAt(inside(whole(request), "instructions"), SPEAKERS.system),
    ...members(inside(inside(whole(request), "prompt"), "variables"))
      .flatMap((variable) => contentTexts(variable, SPEAKERS.user)),
    ...textAt(inside(whole(request), "input"), SPEAKERS.user),
    ...items(inside(whole(request), "input")).flatMap(itemTexts),
  ],
  answer: (answer) => items(inside(whole(answer), "output")).flatMap(itemTexts),
};

const ROLES: ReadonlyMap<unknown, Speaker> = new Map<unknown, Speaker>([
  ["system", SPEAKERS.system],
  ["developer", SPEAKERS.system],
  ["assistant", SPEAKERS.assistant],
]);

function itemTexts(item: Spot): readonly TextPlace[] {
  const { value: type } = inside(item, "type");
  if (type === "reasoning") return thoughtTexts(item);
  const { value: role } = inside(item, "role");
  if (type === "message" || (type === undefined && role !== undefined)) {
    return contentTexts(inside(item, "content"), ROLES.get(role) ?? SPEAKERS.user);
  }
  return toolTexts(item);
}

function thoughtTexts(item: Spot): readonly TextPlace[] {
  return ["summary", "content"].flatMap((name) =>
    contentTexts(inside(item, name), SPEAKERS.assistant)
  );
}

/** Content is a text, a part or a list of parts. */
function contentTexts(content: Spot, speaker: Speaker): readonly TextPlace[] {
  if (isMapping(content.value)) return partTexts(content, speaker);
  if (!Array.isArray(content.value)) return textAt(content, speaker);
  return items(content).flatMap((part) => partTexts(part, speaker));
}

function partTexts(part: Spot, speaker: Speaker): readonly TextPlace[] {
  const isSpoken = items(inside(part, "logprobs")).length > 0;
  const echoes = isSpoken ? [inside(part, "logprobs")] : [];
  return MEMBERS.flatMap((name) => textAt(inside(part, name), speaker, echoes));
}

/** Members of parts that are texts, those of the results of shells and interpreters among them. */
const MEMBERS = ["text", "refusal", "stdout", "stderr", "logs"] as const;

/** Calls of tools, the provider's own among them, and their results. */
function toolTexts(item: Spot): readonly TextPlace[] {
  return [
    ...["arguments", "input"].flatMap((name) => jsonTexts(inside(item, name), SPEAKERS.call)),
    ...ASKED.flatMap((name) => stringsIn(inside(item, name), SPEAKERS.call)),
    ...GIVEN.flatMap((name) => contentTexts(inside(item, name), SPEAKERS.tool)),
  ];
}

/** Members of calls that say what a tool of the provider's is to do. */
const ASKED = ["code", "action", "operation", "queries"] as const;

/** Members that hold what a tool gave back. */
const GIVEN = ["output", "outputs", "results"] as const;
