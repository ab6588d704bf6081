/** What a model behind the API allows, as far as it tells requests apart. */
export interface ModelTraits {
  /** It decides itself how much to think, guided by an effort; a budget is refused or outdated. */
  readonly thinksAdaptively: boolean;
  /** It thinks unless told not to. */
  readonly thinksByDefault: boolean;
  /** It cannot be told not to think. */
  readonly thinksAlways: boolean;
  /** It hides what it thinks unless asked to show it. */
  readonly hidesThinking: boolean;
  /** It knows the effort `xhigh`. */
  readonly knowsXhigh: boolean;
  /** It refuses to be told which tool to call, or that it must call one. */
  readonly refusesForcedTools: boolean;
  /** It takes no `temperature`, `top_p` or `top_k` at all. */
  readonly refusesSampling: boolean;
  /** It takes either `temperature` or `top_p`. */
  readonly takesOneSampling: boolean;
}

/**
 * The traits of a model by its name.
 *
 * Anthropic says them model by model
 * (https://platform.claude.com/docs/en/build-with-claude/thinking,
 * https://platform.claude.com/docs/en/models/opus-5-5/whats-new-opus-5-5); here they are told by
 * the version, so that a model that appears tomorrow is treated as its elders of yesterday. Models
 * of other makers behind the same API think with a budget.
 */
export function modelTraits(model: string): ModelTraits {
  const name = model.toLowerCase().replace(/[.@]/g, "-");
  const version = name.includes("claude") ? versionIn(name) : 0;
  const isHaiku = name.includes("haiku");
  const isFableKind = /fable|mythos/.test(name);
  return {
    thinksAdaptively: version >= 406,
    thinksByDefault: version >= 500,
    thinksAlways: isFableKind || (version >= 505 && !isHaiku),
    hidesThinking: version >= 407,
    knowsXhigh: version >= 407,
    refusesForcedTools: version >= (isFableKind ? 501 : 505) && !isHaiku,
    refusesSampling: version >= 407,
    takesOneSampling: version >= 401,
  };
}

/** Major and minor version as one number; a name without one is of the newest. */
function versionIn(name: string): number {
  const found = /claude-(?:[a-z]+-)?v?(\d+)(?:-(\d{1,2}))?(?!\d)/.exec(name);
  if (found !== null) return Number(found[1]) * 100 + Number(found[2] ?? 0);
  return name.includes("preview") ? 407 : 500;
}
