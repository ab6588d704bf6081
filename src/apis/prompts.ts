/** Messages that every chat gets, whatever its API. */
export interface Prompts {
  readonly prepend: readonly PromptMessage[];
  readonly append: readonly PromptMessage[];
}

/** One of them. */
export interface PromptMessage {
  /** `developer` is another word for `system`. */
  readonly role: "system" | "developer" | "user" | "assistant";
  readonly content: string;
}

/** The messages for an API that has a place of its own for what the system says. */
export interface PlacedPrompts {
  readonly system: TextsAround;
  readonly messages: {
    readonly prepend: readonly SpokenMessage[];
    readonly append: readonly SpokenMessage[];
  };
}

/** Texts in front of those of a client and behind them. */
export interface TextsAround {
  readonly prepend: readonly string[];
  readonly append: readonly string[];
}

/** A message of one of those who talk. */
export type SpokenMessage = PromptMessage & { readonly role: "user" | "assistant" };

/** Parts what the system says from what is said in the conversation. */
export function placePrompts({ prepend, append }: Prompts): PlacedPrompts {
  return {
    system: { prepend: systemTexts(prepend), append: systemTexts(append) },
    messages: { prepend: prepend.filter(isSpoken), append: append.filter(isSpoken) },
  };
}

/** Whether there is anything to put around. */
export function isEmpty(
  { prepend, append }: { prepend: readonly unknown[]; append: readonly unknown[] },
) {
  return prepend.length === 0 && append.length === 0;
}

/** A text with others around it, each a paragraph. */
export function paragraphs({ prepend, append }: TextsAround, text: string): string {
  return [...prepend, ...(text === "" ? [] : [text]), ...append].join("\n\n");
}

function systemTexts(messages: readonly PromptMessage[]): readonly string[] {
  return messages.filter((message) => !isSpoken(message)).map(({ content }) => content);
}

function isSpoken(message: PromptMessage): message is SpokenMessage {
  return message.role === "user" || message.role === "assistant";
}
