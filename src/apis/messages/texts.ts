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

/** Where the texts of Anthropic's messages stand. */
export const texts: TextAccess = {
  request: (request) => [
    ...contentTexts(inside(whole(request), "system"), SPEAKERS.system),
    ...items(inside(whole(request), "messages")).flatMap((message) =>
      contentTexts(inside(message, "content"), speakerOf(message))
    ),
  ],
  answer: (answer) => contentTexts(inside(whole(answer), "content"), SPEAKERS.assistant),
};

function speakerOf(message: Spot): Speaker {
  const role = inside(message, "role").value;
  return role === "system" || role === "assistant" ? SPEAKERS[role] : SPEAKERS.user;
}

/** Content is a text or blocks; some results of tools are one block. */
function contentTexts(content: Spot, speaker: Speaker): readonly TextPlace[] {
  if (isMapping(content.value)) return blockTexts(content, speaker);
  if (!Array.isArray(content.value)) return textAt(content, speaker);
  return items(content).flatMap((block) => blockTexts(block, speaker));
}

function blockTexts(block: Spot, speaker: Speaker): readonly TextPlace[] {
  const { value: type } = inside(block, "type");
  const isResult = typeof type === "string" && type.endsWith("tool_result");
  const inner = isResult ? SPEAKERS.tool : speaker;
  const source = inside(block, "source");
  return [
    ...textAt(inside(block, "thinking"), speaker, [inside(block, "signature")]),
    ...jsonTexts(inside(block, "input"), SPEAKERS.call),
    ...MEMBERS.flatMap((name) => textAt(inside(block, name), inner)),
    ...(isTitled(type) ? TITLES.flatMap((name) => textAt(inside(block, name), inner)) : []),
    ...(inside(source, "type").value === "text" ? textAt(inside(source, "data"), inner) : []),
    ...contentTexts(inside(source, "content"), inner),
    ...contentTexts(inside(block, "content"), inner),
  ];
}

/** Members that are texts in every block that has them. */
const MEMBERS = ["text", "stdout", "stderr"] as const;

/** Members that are texts of clients' own documents; results of searches must come back as such. */
const TITLES = ["title", "context"] as const;

function isTitled(type: unknown): boolean {
  return type === "document" || type === "search_result";
}
