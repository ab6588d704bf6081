import type { Losses } from "../../chat/losses.ts";
import type { ChatRequest, OutputFormat } from "../../chat/request.ts";
import { defined } from "../../lib/defined.ts";
import type { JsonObject } from "../api.ts";
import { effortOf, wantsReasoning } from "../reasoning.ts";
import { refusesEffort, refusesEffortWithTools, takesNoEffort } from "./gpt_models.ts";
import { writeMessages } from "./write_messages.ts";
import { writeTools } from "./write_tools.ts";

/** Writes a request for a provider that speaks chat completions. */
export function writeRequest(chat: ChatRequest, losses: Losses): JsonObject {
  const tools = writeTools(chat, losses);
  return {
    model: chat.model,
    messages: writeMessages(chat, { model: chat.model, losses }),
    ...tools,
    ...writeSampling(chat, losses),
    ...defined({
      n: writeCandidates(chat, losses),
      max_completion_tokens: chat.maxOutputTokens,
      reasoning_effort: writeEffort(chat, "tools" in tools, losses),
      response_format: writeOutput(chat.output),
      verbosity: chat.verbosity,
      user: chat.user,
      service_tier: writeServiceTier(chat, losses),
    }),
    ...writeNative(chat, losses),
    stream: chat.stream,
    // Asked for whether or not the client wants to see it: usage is metered.
    ...(chat.stream ? { stream_options: { include_usage: true } } : {}),
  };
}

function writeSampling({ sampling }: ChatRequest, losses: Losses): JsonObject {
  const { topLogprobs } = sampling;
  if (sampling.topK !== undefined) losses.dropped("topK");
  return defined({
    temperature: sampling.temperature,
    top_p: sampling.topP,
    stop: sampling.stop === undefined || sampling.stop.length === 0 ? undefined : sampling.stop,
    seed: sampling.seed,
    frequency_penalty: sampling.frequencyPenalty,
    presence_penalty: sampling.presencePenalty,
    logit_bias: sampling.logitBias,
    logprobs: topLogprobs === undefined ? undefined : true,
    top_logprobs: topLogprobs === 0 ? undefined : topLogprobs,
  });
}

/** A stream is translated by its first choice; others would be paid for and thrown away. */
function writeCandidates({ candidates, stream }: ChatRequest, losses: Losses): number | undefined {
  if (candidates === undefined || candidates === 1) return undefined;
  if (!stream) return candidates;
  losses.dropped("candidates");
  return undefined;
}

function writeEffort(
  { model, reasoning = {} }: ChatRequest,
  hasTools: boolean,
  losses: Losses,
): string | undefined {
  const isForbidden = reasoning.enabled === false || reasoning.effort === "none";
  const isWanted = wantsReasoning(reasoning);
  if (hasTools && refusesEffortWithTools(model)) {
    if (isWanted) losses.changed("reasoning");
    return "none";
  }
  if (isForbidden && takesNoEffort(model)) return "none";
  if (refusesEffort(model)) {
    if (isWanted) losses.dropped("reasoning");
    return undefined;
  }
  if (isForbidden) losses.dropped("reasoning");
  if (!isWanted) return undefined;
  const isInexact = reasoning.budgetTokens !== undefined || reasoning.shown === true;
  if (isInexact) losses.changed("reasoning");
  return effortOf(reasoning);
}

function writeOutput(output: OutputFormat | undefined): JsonObject | undefined {
  switch (output?.type) {
    case "json":
      return { type: "json_object" };
    case "json-schema": {
      const { name = DEFAULT_NAME, description, schema, strict } = output;
      return {
        type: "json_schema",
        json_schema: { name, ...defined({ description, schema, strict }) },
      };
    }
    default:
      return undefined;
  }
}

/** The API requires a name of a schema. */
const DEFAULT_NAME = "structured_output";

/** Anthropic's word for what is `default` here; other words are tried. */
function writeServiceTier({ serviceTier }: ChatRequest, losses: Losses): string | undefined {
  if (serviceTier !== "standard_only") return serviceTier;
  losses.changed("serviceTier");
  return "default";
}

/**
 * What is native to a client of this API. Others' members are not tried, even where OpenAI has one
 * of that name: compatible providers refuse what they do not know. `metadata` is taken only where
 * the answer is stored (https://platform.openai.com/docs/api-reference/chat/create).
 */
function writeNative(chat: ChatRequest, losses: Losses): JsonObject {
  const isOwn = chat.api === "completions";
  const written: [string, unknown][] = [];
  for (const [name, value] of Object.entries(chat.native)) {
    const isMember = !name.includes("[]") && !name.includes(".");
    if (isOwn && isMember) written.push([name, value]);
    // Nothing is stored unless that is asked for, so that this says nothing new.
    else if (name !== "store" || value !== false) losses.droppedField(name);
  }
  if (chat.metadata !== undefined) {
    if (isOwn) written.push(["metadata", chat.metadata]);
    else losses.dropped("metadata");
  }
  return Object.fromEntries(written);
}
