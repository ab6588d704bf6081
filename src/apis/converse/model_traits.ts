/** What models behind the API differ in, where a mistake is refused or changes the answer. */
export interface ModelTraits {
  readonly thinking: ThinkingStyle;
  /** How thinking is turned off: it is off unless asked for, by a word of `thinking`, or never. */
  readonly thinkingOff: "absent" | "disabled" | "between_tools" | "never";
  /** Words for how hard to think, in ascending order. */
  readonly efforts: readonly string[];
  /** Whether forcing a tool is allowed, always or as long as the model does not think. */
  readonly forcesTools: "always" | "without-thinking" | "never";
  /** The tool choices beside `auto`. */
  readonly toolChoices: readonly ("any" | "tool")[];
  /** Whether temperature and top-p may both be set, only one of them, or neither. */
  readonly sampling: "both" | "one" | "none";
  /** Where a cache point may stand. */
  readonly cachePoints: "anywhere" | "after-text" | "nowhere";
  readonly cachesForAnHour: boolean;
  /** Whether it takes its own signed thoughts back. */
  readonly signsReasoning: boolean;
  /** Whether a tool's result may say that the tool failed. */
  readonly toolStatus: boolean;
  /** Whether it takes members of the messages API: `top_k`, `metadata`, `stop_sequence`. */
  readonly messagesFields: boolean;
}

/**
 * How a model is told to think: by a budget, by an effort (adaptive), by either, by
 * `reasoningConfig`, `reasoning_effort` or `reasoning`; or it cannot, or nobody knows.
 */
export type ThinkingStyle =
  | "budget"
  | "either"
  | "adaptive"
  | "config"
  | "flat-effort"
  | "nested-effort"
  | "none"
  | "unknown";

/** The traits of the model that an id, an inference profile or an ARN names. */
export function modelTraits(model: string): ModelTraits {
  const id = model.toLowerCase();
  if (id.includes("claude")) return claudeTraits(id);
  // The profile does not say what model it stands for; the reference takes it for a Claude too.
  if (id.includes(":application-inference-profile/")) return claudeTraits("claude-sonnet-4");
  if (/\bnova-/.test(id)) return novaTraits(/\bnova-2-/.test(id));
  if (id.includes("gpt-oss")) {
    return { ...OTHER, thinking: "flat-effort", thinkingOff: "never", efforts: THREE_EFFORTS };
  }
  if (/\bgpt-\d/.test(id)) return { ...OTHER, thinking: "nested-effort", efforts: FIVE_EFFORTS };
  if (id.includes("llama")) return { ...OTHER, toolChoices: [] };
  if (/mi[sx]tral|ministral|pixtral/.test(id)) return { ...OTHER, toolChoices: ["any"] };
  return OTHER;
}

const THREE_EFFORTS = ["low", "medium", "high"] as const;
const FIVE_EFFORTS = [...THREE_EFFORTS, "xhigh", "max"] as const;

const OTHER: ModelTraits = {
  thinking: "unknown",
  thinkingOff: "absent",
  efforts: [],
  forcesTools: "always",
  toolChoices: ["any", "tool"],
  sampling: "both",
  cachePoints: "nowhere",
  cachesForAnHour: false,
  signsReasoning: false,
  toolStatus: false,
  messagesFields: false,
};

/**
 * Nova's second generation thinks
 * (https://docs.aws.amazon.com/nova/latest/nova2-userguide/extended-thinking.html). Cache points
 * may not stand among its tools
 * (https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html).
 */
function novaTraits(thinks: boolean): ModelTraits {
  return {
    ...OTHER,
    thinking: thinks ? "config" : "none",
    efforts: THREE_EFFORTS,
    cachePoints: "after-text",
    toolStatus: true,
  };
}

/**
 * Claude's generations, by https://platform.claude.com/docs/en/build-with-claude/thinking,
 * https://platform.claude.com/docs/en/build-with-claude/effort and
 * https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-adaptive-thinking.html.
 */
function claudeTraits(id: string): ModelTraits {
  const version = claudeVersion(id);
  return {
    thinking: version < 307
      ? "none"
      : version < 406
      ? "budget"
      : version < 407
      ? "either"
      : "adaptive",
    thinkingOff: version < 500 ? "absent" : claudeThinkingOff(id, version),
    efforts: version < 407 ? [...THREE_EFFORTS, "max"] : FIVE_EFFORTS,
    forcesTools: claudeForcesTools(id, version),
    toolChoices: ["any", "tool"],
    sampling: version < 401 ? "both" : version < 407 ? "one" : "none",
    cachePoints: claudeCaches(id, version) ? "anywhere" : "nowhere",
    cachesForAnHour: version >= 405,
    signsReasoning: version >= 307,
    toolStatus: version >= 300,
    messagesFields: version >= 300,
  };
}

/** 405 of `claude-sonnet-4-5-20250929`; names without a number are the oldest or the newest. */
function claudeVersion(id: string): number {
  if (/claude-(v\d|instant)/.test(id)) return 200;
  const found = /claude-(?:[a-z]+-)?(\d{1,2})(?:-(\d{1,2}))?(?!\d)/.exec(id);
  return found === null ? 500 : Number(found[1]) * 100 + Number(found[2] ?? 0);
}

/**
 * Bedrock refuses cache points of models that have no cache: the third generation begins to have
 * one with Haiku 3.5 and Sonnet 3.5 v2
 * (https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html).
 */
function claudeCaches(id: string, version: number): boolean {
  if (version !== 305) return version > 305;
  return id.includes("haiku") || id.includes("sonnet-20241022");
}

/** https://platform.claude.com/docs/en/models/opus-5-5/migration-guide and its siblings. */
function claudeThinkingOff(id: string, version: number): ModelTraits["thinkingOff"] {
  if (/fable|mythos/.test(id)) return "never";
  if (version < 505) return "disabled";
  return id.includes("opus") ? "never" : id.includes("sonnet") ? "between_tools" : "disabled";
}

/** Until 4.7, "thinking may not be enabled when tool_choice forces tool use". */
function claudeForcesTools(id: string, version: number): ModelTraits["forcesTools"] {
  if (version < 408) return "without-thinking";
  const refuses = (/fable|mythos/.test(id) && version >= 501) ||
    (id.includes("opus") && version >= 505);
  return refuses ? "never" : "always";
}
