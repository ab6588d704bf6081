import * as v from "valibot";
import type { Immutable } from "../../lib/immutable.ts";
import { closedObject } from "../../lib/closed_object.ts";
import { closedWords } from "../../lib/closed_words.ts";
import { mapping } from "../../lib/mapping.ts";
import { later } from "../reference_keys.ts";
import { wholeNumber } from "./address.ts";
import { Text } from "./text.ts";

/** Members of a request body, by name, and the CEL expressions that give them a value. */
const Expressions = mapping(Text, Text);

const PromptMessage = closedObject({
  role: v.pipe(
    closedWords(["system", "developer", "user", "assistant"]),
    v.description("Who says it; `developer` is another word for `system`."),
  ),
  content: v.pipe(Text, v.description("What is said.")),
}, later("SimpleChatCompletionMessage"));

const Prompts = closedObject({
  prepend: v.exactOptional(
    v.pipe(v.array(PromptMessage), v.description("Messages in front of the client's.")),
    [],
  ),
  append: v.exactOptional(
    v.pipe(v.array(PromptMessage), v.description("Messages behind the client's.")),
    [],
  ),
}, later("PromptEnrichment"));

const PromptCaching = closedObject({
  cacheSystem: v.exactOptional(
    v.pipe(v.boolean(), v.description("Whether the end of the system prompt is marked.")),
    true,
  ),
  cacheMessages: v.exactOptional(
    v.pipe(v.boolean(), v.description("Whether the end of the conversation is marked.")),
    true,
  ),
  cacheTools: v.exactOptional(
    v.pipe(v.boolean(), v.description("Whether the end of the list of tools is marked.")),
    false,
  ),
  minTokens: v.exactOptional(
    v.pipe(
      wholeNumber(0),
      v.description("Tokens that a prompt has up to a mark, at the least; estimated."),
    ),
    1024,
  ),
  cacheMessageOffset: v.exactOptional(
    v.pipe(
      wholeNumber(0),
      v.description("How many messages before the last one the conversation is marked."),
    ),
    0,
  ),
}, later("PromptCachingConfig"));

const transformations = v.exactOptional(v.pipe(
  Expressions,
  v.description(
    "Members that a request body gets, by CEL expressions that see it as `llmRequest`; one that " +
      "fails removes its member.",
  ),
));

const finalTransformations = v.exactOptional(v.pipe(
  Expressions,
  v.description("As transformations, but of the body that goes to the provider; chats only."),
));

const promptCaching = v.exactOptional(v.pipe(
  PromptCaching,
  v.description("Marks for the prompt caches of Anthropic's API and of Amazon Bedrock."),
));

/** What a policy `ai` does to bodies beside `defaults` and `overrides`. */
export const aiPolicyEntries = {
  transformations,
  finalTransformations,
  prompts: v.exactOptional(v.pipe(
    Prompts,
    v.description("Messages that every chat gets."),
  )),
  modelAliases: v.exactOptional(v.pipe(
    mapping(Text, Text),
    v.description(
      "Models that are asked for in place of others; `*` in a name stands for any text.",
    ),
  )),
  promptCaching,
};

/** The same of a shared provider in `llm`, which has other names for it. */
export const llmProviderEntries = { transformation: transformations, promptCaching };

/** The same of a model in `llm`. */
export const llmModelEntries = {
  ...llmProviderEntries,
  finalTransformation: finalTransformations,
};

/** Members and their expressions, as they are written. */
export type ExpressionsConfig = Immutable<v.InferOutput<typeof Expressions>>;

/** Messages around the client's, as they are written. */
export type PromptsConfig = Immutable<v.InferOutput<typeof Prompts>>;

/** Marks for prompt caches, as they are written. */
export type PromptCachingConfig = Immutable<v.InferOutput<typeof PromptCaching>>;

/** Everything of a policy `ai` that changes bodies, as it is written. */
export interface AiPolicyConfig {
  readonly defaults?: Readonly<Record<string, unknown>> | undefined;
  readonly overrides?: Readonly<Record<string, unknown>> | undefined;
  readonly transformations?: ExpressionsConfig | undefined;
  readonly finalTransformations?: ExpressionsConfig | undefined;
  readonly prompts?: PromptsConfig | undefined;
  readonly modelAliases?: Readonly<Record<string, string>> | undefined;
  readonly promptCaching?: PromptCachingConfig | undefined;
}
