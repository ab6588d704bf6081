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

/** Where the texts of chat completions stand. */
export const texts: TextAccess = {
  request: (request) => [
    ...items(inside(whole(request), "messages")).flatMap(requestMessage),
    ...contentTexts(inside(inside(whole(request), "prediction"), "content"), SPEAKERS.assistant),
  ],
  answer: (answer) => items(inside(whole(answer), "choices")).flatMap(choiceTexts),
};

const ROLES: ReadonlyMap<unknown, Speaker> = new Map<unknown, Speaker>([
  ["system", SPEAKERS.system],
  ["developer", SPEAKERS.system],
  ["assistant", SPEAKERS.assistant],
  ["tool", SPEAKERS.tool],
  ["function", SPEAKERS.tool],
]);

function requestMessage(message: Spot): readonly TextPlace[] {
  const speaker = ROLES.get(inside(message, "role").value) ?? SPEAKERS.user;
  return messageTexts(message, speaker, []);
}

function choiceTexts(choice: Spot): readonly TextPlace[] {
  return messageTexts(inside(choice, "message"), SPEAKERS.assistant, [inside(choice, "logprobs")]);
}

function messageTexts(
  message: Spot,
  speaker: Speaker,
  echoes: readonly Spot[],
): readonly TextPlace[] {
  const audio = inside(message, "audio");
  const calls = items(inside(message, "tool_calls")).flatMap((call) => [
    ...jsonTexts(inside(inside(call, "function"), "arguments"), SPEAKERS.call),
    ...jsonTexts(inside(inside(call, "custom"), "input"), SPEAKERS.call),
  ]);
  return [
    ...thoughtTexts(message),
    ...contentTexts(inside(message, "content"), speaker, echoes),
    ...textAt(inside(message, "refusal"), SPEAKERS.assistant, echoes),
    ...textAt(inside(audio, "transcript"), SPEAKERS.assistant, [inside(audio, "data")]),
    ...calls,
    ...jsonTexts(inside(inside(message, "function_call"), "arguments"), SPEAKERS.call),
  ];
}

function thoughtTexts(message: Spot): readonly TextPlace[] {
  const seal = inside(message, "reasoning_signature");
  return [
    ...["reasoning_content", "reasoning"]
      .flatMap((name) => textAt(inside(message, name), SPEAKERS.assistant, [seal])),
    ...items(inside(message, "reasoning_details")).flatMap((detail) =>
      ["text", "summary"].flatMap((name) =>
        textAt(inside(detail, name), SPEAKERS.assistant, [inside(detail, "signature")])
      )
    ),
  ];
}

/** Content is a text, or a list of parts and sometimes of texts. */
function contentTexts(
  content: Spot,
  speaker: Speaker,
  echoes: readonly Spot[] = [],
): readonly TextPlace[] {
  if (!Array.isArray(content.value)) return textAt(content, speaker, echoes);
  return items(content).flatMap((part) =>
    isMapping(part.value) ? partTexts(part, speaker, echoes) : textAt(part, speaker, echoes)
  );
}

/** Mistral's thoughts are parts that hold parts. */
function partTexts(part: Spot, speaker: Speaker, echoes: readonly Spot[]): readonly TextPlace[] {
  return [
    ...textAt(inside(part, "text"), speaker, echoes),
    ...textAt(inside(part, "refusal"), speaker, echoes),
    ...contentTexts(inside(part, "thinking"), speaker),
  ];
}
