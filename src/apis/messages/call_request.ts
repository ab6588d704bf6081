import type { Block } from "../../chat/block.ts";
import type { Losses } from "../../chat/losses.ts";
import type { ChatRequest, Sampling } from "../../chat/request.ts";
import { defined } from "../../lib/defined.ts";
import type { JsonObject } from "../api.ts";
import { wantedOutput } from "../wanted_output.ts";
import { planThinking, thinkingOfOthers } from "./call_thinking.ts";
import { writeTools } from "./call_tools.ts";
import { joinTurns, writeTurns } from "./call_turns.ts";
import { cacheMarks, type Wire } from "./call_wire.ts";
import { type ModelTraits, modelTraits } from "./claude_model.ts";
import { renaming, toolRenaming } from "./renaming.ts";

/** The chat as a request to a provider; names what it cannot say. */
export function writeRequest(chat: ChatRequest, losses: Losses): JsonObject {
  const wire: Wire = {
    losses,
    toolNames: toolRenaming(chat),
    callIds: renaming(CALL_ID_LENGTH_MAX),
    cacheMark: cacheMarks(losses),
  };
  const traits = modelTraits(chat.model);
  const turns = joinTurns(chat.turns);
  const plan = planThinking({ ...chat, turns }, traits, losses);
  const { schema, instruction } = wantedOutput(chat.output, losses);
  const format = schema === undefined ? undefined : { type: "json_schema", schema };
  const { metadata, config, others } = writeNative(chat, losses);
  const output_config = { ...config, ...defined({ effort: plan.effort, format }) };
  const isStream = chat.stream ? true : undefined;
  dropUnknown(chat, losses);
  return {
    model: chat.model,
    // Thoughts count as output: where the limit is ours, the answer keeps its room beside them.
    max_tokens: chat.maxOutputTokens ?? MAX_TOKENS_DEFAULT + budgetIn(plan.thinking),
    ...defined({ system: writeSystem(chat.instructions, instruction, wire) }),
    messages: writeTurns(turns, plan.thinks, wire),
    ...writeTools(chat, plan.toolChoice, wire),
    ...defined({
      thinking: plan.thinking,
      output_config: Object.keys(output_config).length === 0 ? undefined : output_config,
      ...writeSampling(chat.sampling, plan.thinks, traits, losses),
      metadata: withUser(metadata, chat.user),
      service_tier: writeServiceTier(chat.serviceTier, losses),
      stream: isStream,
    }),
    ...others,
  };
}

const MAX_TOKENS_DEFAULT = 4096;

function budgetIn(thinking: JsonObject | undefined): number {
  return typeof thinking?.budget_tokens === "number" ? thinking.budget_tokens : 0;
}

const CALL_ID_LENGTH_MAX = 256;

/** One text, unless a mark for the cache tells its parts apart. */
function writeSystem(
  instructions: readonly Block[],
  instruction: string | undefined,
  wire: Wire,
): unknown {
  const texts = instructions.flatMap((block) => {
    if (block.type === "text") return block.text.trim() === "" ? [] : [block];
    if (block.type === "native") wire.losses.droppedField(block.name);
    else if (block.type === "media") wire.losses.dropped("media");
    return [];
  });
  const all = instruction === undefined ? texts : [...texts, { text: instruction }];
  if (all.length === 0) return undefined;
  if (texts.every(({ cache }) => cache === undefined)) {
    return all.map(({ text }) => text).join("\n");
  }
  return all.map((block) => ({
    type: "text",
    text: block.text,
    ...("cache" in block ? wire.cacheMark(block.cache) : {}),
  }));
}

/**
 * Sampling, as far as the model takes it
 * (https://platform.claude.com/docs/en/build-with-claude/thinking).
 */
function writeSampling(
  { temperature, topP, topK, stop, ...unknown }: Sampling,
  thinks: boolean,
  traits: ModelTraits,
  losses: Losses,
): JsonObject {
  if (unknown.seed !== undefined) losses.dropped("seed");
  if (unknown.frequencyPenalty !== undefined) losses.dropped("frequencyPenalty");
  if (unknown.presencePenalty !== undefined) losses.dropped("presencePenalty");
  if (unknown.logitBias !== undefined) losses.dropped("logitBias");
  if (unknown.topLogprobs !== undefined) losses.dropped("logprobs");
  const isFixed = traits.refusesSampling || thinks;
  const heat = isFixed ? undefined : clamped(temperature);
  if (isFixed && temperature !== undefined && temperature !== 1) losses.dropped("temperature");
  if (heat !== undefined && heat !== temperature) losses.changed("temperature");
  if (isFixed && topK !== undefined) losses.dropped("topK");
  const takesTopP = !traits.refusesSampling && (!thinks || (topP ?? 1) >= TOP_P_THINKING_MIN) &&
    !(traits.takesOneSampling && heat !== undefined);
  if (!takesTopP && topP !== undefined && topP !== 1) losses.dropped("topP");
  return {
    temperature: heat,
    top_p: takesTopP ? topP : undefined,
    top_k: isFixed ? undefined : topK,
    stop_sequences: writeStop(stop, losses),
  };
}

const TOP_P_THINKING_MIN = 0.95;

/** Anthropic's temperatures end at 1, where OpenAI's and Google's end at 2. */
function clamped(temperature: number | undefined): number | undefined {
  return temperature === undefined ? undefined : Math.min(1, Math.max(0, temperature));
}

/** Anthropic refuses sequences of blanks only. */
function writeStop(
  stop: readonly string[] | undefined,
  losses: Losses,
): readonly string[] | undefined {
  const kept = stop?.filter((sequence) => sequence.trim() !== "");
  if (kept !== undefined && kept.length < (stop?.length ?? 0)) losses.changed("stop");
  return kept?.length === 0 ? undefined : kept;
}

function writeServiceTier(tier: string | undefined, losses: Losses): string | undefined {
  if (tier === "auto" || tier === "standard_only") return tier;
  if (tier === "default") return "standard_only";
  if (tier !== undefined) losses.dropped("serviceTier");
  return undefined;
}

interface Native {
  readonly metadata: JsonObject;
  readonly config: JsonObject;
  readonly others: JsonObject;
}

/**
 * Members that only the client's API knows: back to their places where it is this one. Of other
 * clients, what this API has alone is taken to be meant for it.
 */
function writeNative(chat: ChatRequest, losses: Losses): Native {
  const { api, native } = chat;
  const metadata: Record<string, unknown> = {};
  const config: Record<string, unknown> = {};
  const others: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(native)) {
    const [outer = "", inner] = name.split(".");
    if (api === "messages" && inner !== undefined) {
      if (outer === "metadata") metadata[inner] = value;
      if (outer === "output_config") config[inner] = value;
    } else if (api === "messages" || OWN_MEMBERS.has(name)) {
      others[name] = value;
    } else if (!PLUMBING.has(name) && !(name === "thinking" && thinkingOfOthers(chat))) {
      losses.droppedField(name);
    }
  }
  return { metadata, config, others };
}

const OWN_MEMBERS: ReadonlySet<string> = new Set([
  "cache_control",
  "container",
  "context_management",
  "inference_geo",
  "mcp_servers",
  "speed",
]);

/** What the gateway itself handles. */
const PLUMBING: ReadonlySet<string> = new Set(["stream", "stream_options"]);

function withUser(metadata: JsonObject, user: string | undefined): JsonObject | undefined {
  const all = { ...metadata, ...defined({ user_id: user }) };
  return Object.keys(all).length === 0 ? undefined : all;
}

function dropUnknown(chat: ChatRequest, losses: Losses): void {
  if (chat.metadata !== undefined) losses.dropped("metadata");
  if (chat.verbosity !== undefined) losses.dropped("verbosity");
  if ((chat.candidates ?? 1) > 1) losses.dropped("candidates");
}
