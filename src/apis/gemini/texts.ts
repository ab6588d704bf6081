import { isMapping } from "../../lib/mapping.ts";
import type { TextAccess, TextPlace } from "../api.ts";
import {
  inside,
  items,
  jsonTexts,
  type Speaker,
  SPEAKERS,
  type Spot,
  textAt,
  whole,
} from "../texts.ts";
import { spelling } from "./members.ts";

/** Where the texts of generateContent stand. */
export const texts: TextAccess = {
  request: (request) => [
    ...systemTexts(named(whole(request), "systemInstruction")),
    ...items(inside(whole(request), "contents")).flatMap((content) =>
      partsTexts(content, speakerOf(content), [])
    ),
  ],
  answer: (answer) =>
    items(inside(whole(answer), "candidates")).flatMap((candidate) =>
      partsTexts(inside(candidate, "content"), SPEAKERS.assistant, [
        named(candidate, "logprobsResult"),
        named(named(candidate, "groundingMetadata"), "groundingSupports"),
      ])
    ),
};

/** A member in either of Google's spellings. */
function named(spot: Spot, name: string): Spot {
  return inside(spot, isMapping(spot.value) ? spelling(spot.value, name) : name);
}

function systemTexts(instruction: Spot): readonly TextPlace[] {
  return [
    ...textAt(instruction, SPEAKERS.system),
    ...partsTexts(instruction, SPEAKERS.system, []),
  ];
}

function speakerOf(content: Spot): Speaker {
  return inside(content, "role").value === "model" ? SPEAKERS.assistant : SPEAKERS.user;
}

/** One part may stand for a list of one; `echoes` are what repeats the words of the parts. */
function partsTexts(
  content: Spot,
  speaker: Speaker,
  echoes: readonly Spot[],
): readonly TextPlace[] {
  const parts = inside(content, "parts");
  if (isMapping(parts.value)) return partTexts(parts, speaker, echoes);
  return items(parts).flatMap((part) => partTexts(part, speaker, echoes));
}

function partTexts(
  part: Spot,
  speaker: Speaker,
  echoes: readonly Spot[],
): readonly TextPlace[] {
  return [
    ...textAt(inside(part, "text"), speaker, echoes),
    ...jsonTexts(inside(named(part, "functionCall"), "args"), SPEAKERS.call),
    ...jsonTexts(inside(named(part, "functionResponse"), "response"), SPEAKERS.tool),
    ...textAt(inside(named(part, "executableCode"), "code"), SPEAKERS.call),
    ...textAt(inside(named(part, "codeExecutionResult"), "output"), SPEAKERS.tool),
  ];
}
