import { isObject, type JsonObject } from "../../json.ts";
import { isObjectSchema, objectFlaw } from "../json_schema.ts";
import { isSealOf } from "../seals.ts";
import { broken, firstOf, type Flaw, type Place } from "../shapes.ts";
import { objectsIn, textAt } from "../wire.ts";

/** A block of the conversation and where it stands. */
export interface PlacedBlock {
  readonly block: JsonObject;
  readonly message: number;
  readonly index: number;
}

/** Messages of one role in a row, which the API reads as one turn. */
export interface Turn {
  readonly role: "user" | "assistant";
  readonly blocks: readonly PlacedBlock[];
}

/** The turns of a well-formed request; system messages belong to none. */
export function turnsOf(body: JsonObject): Turn[] {
  const turns: { role: Turn["role"]; blocks: PlacedBlock[] }[] = [];
  for (const [message, { role, content }] of objectsIn(body.messages)) {
    if (role !== "user" && role !== "assistant") continue;
    const blocks = typeof content === "string"
      ? [{ block: { type: "text", text: content }, message, index: 0 }]
      : objectsIn(content).map(([index, block]) => ({ block, message, index }));
    const last = turns.at(-1);
    if (last?.role === role) last.blocks.push(...blocks);
    else turns.push({ role, blocks });
  }
  return turns;
}

/** What the API refuses although every member is well-formed; the messages are its own. */
export function ruleFlaw(body: JsonObject): Flaw | undefined {
  const turns = turnsOf(body);
  return messagesFlaw(body, turns) ?? textFlaw(body, turns) ?? placeFlaw(turns) ??
    pairFlaw(turns) ?? sealFlaw(turns) ?? toolFlaw(body) ?? thinkingFlaw(body, turns) ??
    formatFlaw(body) ?? cacheFlaw(body);
}

function messagesFlaw({ messages }: JsonObject, turns: readonly Turn[]): Flaw | undefined {
  const all = objectsIn(messages);
  if (all.length === 0) return broken(["messages"], "at least one message is required");
  if (turns[0]?.role !== "user") {
    return broken(["messages"], 'first message must use the "user" role');
  }
  return firstOf(all, ([index, { role, content }]) => {
    const isEmpty = content === "" || (Array.isArray(content) && content.length === 0);
    if (!isEmpty || (role === "assistant" && index === all.length - 1)) return undefined;
    return broken(
      [`messages.${index}`],
      "all messages must have non-empty content except for the optional final assistant message",
    );
  });
}

function textFlaw(body: JsonObject, turns: readonly Turn[]): Flaw | undefined {
  const spoken = turns.flatMap(({ blocks }) => blocks.map(({ block }) => block));
  const nested = spoken.flatMap(({ content }) => objectsIn(content).map(([, block]) => block));
  const system = objectsIn(body.system).map(([, block]) => block);
  const groups = [["system", system], ["messages", [...spoken, ...nested]]] as const;
  return firstOf(groups, ([name, blocks]) =>
    firstOf(blocks, ({ type, text }) => {
      if (type !== "text" || typeof text !== "string") return undefined;
      if (text === "") return broken([name], "text content blocks must be non-empty");
      const isBlank = text.trim() === "";
      return isBlank
        ? broken([name], "text content blocks must contain non-whitespace text")
        : undefined;
    })) ?? prefillFlaw(turns);
}

function prefillFlaw(turns: readonly Turn[]): Flaw | undefined {
  const last = turns.at(-1);
  const text = textAt(last?.blocks.at(-1)?.block, "text");
  if (last?.role !== "assistant" || text === text.trimEnd()) return undefined;
  return broken(["messages"], "final assistant content cannot end with trailing whitespace");
}

function placeFlaw(turns: readonly Turn[]): Flaw | undefined {
  return firstOf(turns, ({ role, blocks }) =>
    firstOf(blocks, ({ block, message, index }) => {
      const type = String(block.type);
      const home = homes[type];
      if (home === undefined || home === role) return undefined;
      return broken(
        [`messages.${message}.content.${index}`],
        `\`${type}\` blocks can only be in \`${home}\` messages`,
      );
    }));
}

const homes: Readonly<Record<string, Turn["role"]>> = {
  image: "user",
  document: "user",
  search_result: "user",
  tool_result: "user",
  tool_use: "assistant",
  thinking: "assistant",
  redacted_thinking: "assistant",
};

function pairFlaw(turns: readonly Turn[]): Flaw | undefined {
  const ids = turns.flatMap(({ blocks }) =>
    blocks.filter(({ block }) => block.type === "tool_use")
  );
  const seen = new Set<unknown>();
  for (const { block, message, index } of ids) {
    const place = [`messages.${message}.content.${index}`];
    if (seen.has(block.id)) return broken(place, "`tool_use` ids must be unique");
    seen.add(block.id);
  }
  return firstOf(
    turns.entries(),
    ([at, turn]) =>
      turn.role === "assistant"
        ? unansweredFlaw(turn, turns[at + 1])
        : resultsFlaw(turn, turns[at - 1]),
  );
}

/** Results come first in the turn after the calls: what comes after other blocks comes too late. */
function unansweredFlaw(turn: Turn, next: Turn | undefined): Flaw | undefined {
  const calls = turn.blocks.filter(({ block }) => block.type === "tool_use");
  const end = next?.blocks.findIndex(({ block }) => block.type !== "tool_result") ?? 0;
  const results = next?.blocks.slice(0, end < 0 ? undefined : end) ?? [];
  const answered = new Set(results.map(({ block }) => block.tool_use_id));
  const open = calls.filter(({ block }) => !answered.has(block.id));
  const [first] = open;
  if (first === undefined) return undefined;
  const names = open.map(({ block }) => block.id).join(", ");
  return broken(
    [`messages.${first.message}`],
    "`tool_use` ids were found without `tool_result` blocks immediately after: " + names +
      ". Each `tool_use` block must have a corresponding `tool_result` block in the next message.",
  );
}

function resultsFlaw(turn: Turn, before: Turn | undefined): Flaw | undefined {
  const called = new Set(before?.blocks.map(({ block }) => block.id));
  const seen = new Set<unknown>();
  return firstOf(turn.blocks, ({ block, message, index }) => {
    if (block.type !== "tool_result") return undefined;
    const place = [`messages.${message}.content.${index}`];
    const id = block.tool_use_id;
    if (!called.has(id)) {
      return broken(
        place,
        `unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${id}. Each \`tool_result\` ` +
          "block must have a corresponding `tool_use` block in the previous message.",
      );
    }
    if (seen.has(id)) {
      return broken(
        place,
        "each tool_use must have a single result. Found multiple `tool_result` blocks with id: " +
          id,
      );
    }
    seen.add(id);
    const isEmpty = block.content === undefined || block.content === "" ||
      (Array.isArray(block.content) && block.content.length === 0);
    if (block.is_error !== true || !isEmpty) return undefined;
    return broken([...place, "tool_result"], "content cannot be empty if `is_error` is true");
  });
}

/** Thoughts must come back as they were issued. */
export function sealFlaw(turns: readonly Turn[]): Flaw | undefined {
  return firstOf(turns.flatMap(({ blocks }) => blocks), ({ block, message, index }) => {
    const { type, thinking, signature, data } = block;
    const place = [`messages.${message}.content.${index}`];
    if (type === "thinking" && !isSealOf("claude-thinking", String(thinking), signature)) {
      return broken(place, "Invalid `signature` in `thinking` block");
    }
    if (type === "redacted_thinking" && !isSealOf("claude-redacted", "", data)) {
      return broken(place, "Invalid `data` in `redacted_thinking` block");
    }
  });
}

function toolFlaw({ tools, tool_choice: choice }: JsonObject): Flaw | undefined {
  const all = objectsIn(tools);
  const names = all.map(([, { name }]) => name);
  if (new Set(names).size < names.length) return broken(["tools"], "Tool names must be unique.");
  const open = firstOf(all, ([index, tool]) => {
    const path = ["tools", index, { tag: "custom" }];
    return tool.strict === true ? openFlaw(tool.input_schema, { path, ignored: [] }) : undefined;
  });
  if (open !== undefined || !isObject(choice)) return open;
  if (all.length === 0) {
    return broken([], "tool_choice may only be specified while providing `tools`.");
  }
  if (choice.type !== "tool" || names.includes(choice.name)) return undefined;
  return broken([], `Tool '${choice.name}' not found in provided tools`);
}

const documentation =
  "https://docs.claude.com/en/docs/build-with-claude/extended-thinking#important-considerations-when-using-extended-thinking";

/** What cannot be asked together with thoughts. */
export function thinkingFlaw(body: JsonObject, turns: readonly Turn[]): Flaw | undefined {
  const type = textAt(body.thinking, "type");
  if (type !== "enabled" && type !== "adaptive") return undefined;
  const { temperature, top_p: topP, top_k: topK, max_tokens: maxTokens } = body;
  const consult = `Please consult our documentation at ${documentation}`;
  if (temperature !== undefined && temperature !== 1) {
    return broken([], `\`temperature\` may only be set to 1 when thinking is enabled. ${consult}`);
  }
  if (topK !== undefined) {
    return broken([], `\`top_k\` must be unset when thinking is enabled. ${consult}`);
  }
  if (typeof topP === "number" && topP < 0.95) {
    const message =
      "`top_p` must be greater than or equal to 0.95 or unset when thinking is enabled";
    return broken([], `${message}. ${consult}`);
  }
  if (["any", "tool"].includes(textAt(body.tool_choice, "type"))) {
    return broken([], "Thinking may not be enabled when tool_choice forces tool use.");
  }
  if (type === "adaptive") return undefined;
  const budget = isObject(body.thinking) ? body.thinking.budget_tokens : undefined;
  if (typeof budget === "number" && typeof maxTokens === "number" && budget >= maxTokens) {
    return broken([], `\`max_tokens\` must be greater than \`thinking.budget_tokens\`. ${consult}`);
  }
  return replayFlaw(turns);
}

/** Adaptive thinking leaves it to the model whether a turn begins with thoughts; a budget does not. */
function replayFlaw(turns: readonly Turn[]): Flaw | undefined {
  const last = turns.findLast(({ role }) => role === "assistant");
  const first = last?.blocks[0];
  const isPrefill = last !== undefined && last === turns.at(-1);
  const calls = last?.blocks.some(({ block }) => block.type === "tool_use") === true;
  if (first === undefined || !(calls || isPrefill)) return undefined;
  const type = String(first.block.type);
  if (type === "thinking" || type === "redacted_thinking") return undefined;
  return broken(
    [`messages.${first.message}.content.0.type`],
    `Expected \`thinking\` or \`redacted_thinking\`, but found \`${type}\`. When \`thinking\` is ` +
      "enabled, a final `assistant` message must start with a thinking block (preceeding the " +
      "lastmost set of `tool_use` and `tool_result` blocks). We recommend you include thinking " +
      "blocks from previous turns. To avoid this requirement, disable `thinking`. Please consult " +
      "our documentation at https://docs.claude.com/en/docs/build-with-claude/extended-thinking",
  );
}

function formatFlaw({ output_config: config }: JsonObject): Flaw | undefined {
  if (!isObject(config) || !isObject(config.format)) return undefined;
  const path = ["output_config", "format", "schema"];
  return openFlaw(config.format.schema, { path, ignored: [] });
}

/** Structured outputs know closed objects only, and no limits of numbers, texts and lists. */
export function openFlaw(schema: unknown, place: Place): Flaw | undefined {
  return objectFlaw(schema, place, (inner) => {
    if (isObjectSchema(inner) && inner.additionalProperties !== false) {
      return broken(
        place.path,
        "For 'object' type, 'additionalProperties' must be explicitly set to false",
      );
    }
    const limits = Object.keys(inner).filter((name) => unsupported.has(name));
    if (limits.length === 0) return undefined;
    const type = String(inner.type);
    return broken(
      place.path,
      `For '${type}' type, properties ${limits.join(", ")} are not supported`,
    );
  });
}

const unsupported = new Set([
  ...["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"],
  ...["minLength", "maxLength", "maxItems", "uniqueItems", "minProperties", "maxProperties"],
]);

function cacheFlaw(body: JsonObject): Flaw | undefined {
  const count = JSON.stringify(body).split('"cache_control":{').length - 1;
  if (count <= 4) return undefined;
  return broken([], `A maximum of 4 blocks with cache_control may be provided. Found ${count}.`);
}
