/**
 * The version of an OpenAI model in its name: `gpt-5.4` is `[5, 4]`, `gpt-5-mini` `[5, 0]`.
 *
 * Undefined for all other names, one with a provider's prefix included: what is known of a model
 * holds at OpenAI's own API.
 */
export function gptVersion(model: string): readonly [major: number, minor: number] | undefined {
  const found = /^gpt-(\d+)(?:\.(\d+))?/.exec(model);
  return found === null ? undefined : [Number(found[1]), Number(found[2] ?? 0)];
}

/** Whether the model is of that version or a later one. */
export function isGptFrom(model: string, major: number, minor: number): boolean {
  const version = gptVersion(model);
  if (version === undefined) return false;
  return version[0] > major || (version[0] === major && version[1] >= minor);
}

/**
 * Whether the model refuses `reasoning_effort` altogether, as OpenAI's do that do not reason
 * (https://platform.openai.com/docs/api-reference/chat/create, `reasoning_effort`).
 */
export function refusesEffort(model: string): boolean {
  return /^(gpt-[34](?!\d)|chatgpt-4o)/.test(model);
}

/**
 * Whether the model takes function tools in this API with the effort `none` only, even where the
 * request names no effort (https://github.com/openai/openai-openapi/issues/541).
 */
export function refusesEffortWithTools(model: string): boolean {
  return isGptFrom(model, 5, 3);
}

/**
 * Whether the model can be told not to reason
 * (https://platform.openai.com/docs/guides/reasoning).
 */
export function takesNoEffort(model: string): boolean {
  return isGptFrom(model, 5, 1);
}

/**
 * Whether the model takes marks for its prompt cache
 * (https://platform.openai.com/docs/guides/prompt-caching).
 */
export function takesCacheMarks(model: string): boolean {
  return isGptFrom(model, 5, 6);
}
