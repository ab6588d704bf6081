import { RE2JS } from "re2js";
import * as v from "valibot";
import { closedObject } from "../../lib/closed_object.ts";
import { closedWords } from "../../lib/closed_words.ts";
import { parseDurationMs } from "../../lib/duration.ts";

const text = (description: string) => v.optional(v.pipe(v.string(), v.description(description)));

const count = (min: number, description: string) =>
  v.optional(v.pipe(v.number(), v.integer(), v.minValue(min), v.description(description)));

const flag = (description: string) => v.optional(v.pipe(v.boolean(), v.description(description)));

const duration = (description: string) =>
  v.optional(v.pipe(
    v.string(),
    v.check((value) => parseDurationMs(value) !== undefined, "expected a duration such as 20ms"),
    v.description(description),
  ));

const usage = v.pipe(
  closedObject({
    inputTokens: count(0, "Tokens of the prompt, those read from the cache included."),
    outputTokens: count(0, "Tokens of the answer, those for reasoning included."),
    cacheReadTokens: count(0, "How many of the prompt's tokens were read from the cache."),
    reasoningTokens: count(0, "How many of the answer's tokens went into reasoning."),
  }),
  v.description("The usage to report; what is left out is counted from the text."),
);

const pace = v.pipe(
  closedObject({
    firstToken: duration("Time until the answer begins, such as 300ms."),
    perToken: duration("Time for each token after the first, such as 20ms."),
  }),
  v.description("How fast answers come; without it they come at once."),
);

const chunking = v.pipe(
  closedObject({
    tokensPerChunk: count(1, "Tokens in one event of a stream; 1 if left out."),
    bytesPerWrite: count(1, "Splits events into writes of at most this many bytes."),
  }),
  v.description("How a stream is cut into events and writes."),
);

const error = v.pipe(
  closedObject({
    status: v.pipe(
      v.number(),
      v.integer(),
      v.minValue(400),
      v.maxValue(599),
      v.description("The HTTP status; message, type and code follow from it if left out."),
    ),
    type: text("The error's `type`."),
    code: text("The error's `code`."),
    param: text("The error's `param`."),
    message: text("The error's `message`."),
    retryAfter: duration("Sent as the headers retry-after and retry-after-ms; 1s for a 429."),
  }),
  v.description("An error to answer with, in the shape of the OpenAI API."),
);

const faults = v.pipe(
  closedObject({
    every: count(1, "Only each n-th request is hit; 1 (all of them) if left out."),
    error: v.optional(error),
    resetAfter: count(0, "Breaks the connection after n events; 0: before the headers."),
    stallAfter: count(0, "Sends nothing more after n events; 0: not even the headers."),
    malformedAfter: count(0, "Cuts the JSON of the event after the first n in half."),
    omitUsage: flag("Leaves the usage out."),
    omitDone: flag("Ends the stream without `data: [DONE]`."),
  }),
  v.description("What goes wrong."),
);

const lastUserMessage = v.pipe(
  closedObject({
    contains: text("Text that the message contains."),
    equals: text("The whole text of the message."),
    regex: v.optional(v.pipe(
      v.string(),
      v.check(isRegex, "expected a regular expression in RE2 syntax"),
      v.description("A regular expression (RE2) that is found in the message."),
    )),
  }),
  v.check(
    (match) => Object.values(match).filter((value) => value !== undefined).length === 1,
    "expected exactly one of contains, equals and regex",
  ),
  v.description("What the text of the user's last message has to be like; case matters."),
);

const match = v.pipe(
  closedObject({
    model: text("The requested model; * stands for any characters."),
    lastUserMessage: v.optional(lastUserMessage),
    afterTool: flag(
      "Whether the request hands in a tool's result; if left out both match, except that a " +
        "response with toolCalls does not match after a tool's result.",
    ),
  }),
  v.description("Which requests the response is for; all of them if left out."),
);

const toolCall = closedObject({
  name: v.pipe(v.string(), v.description("The tool's name.")),
  arguments: v.optional(v.pipe(
    v.unknown(),
    v.description(
      "The arguments as YAML, or a string that is sent as written; if left out they are made " +
        "from the tool's schema in the request.",
    ),
  )),
});

const response = v.pipe(
  closedObject({
    match: v.optional(match),
    text: text("The text of the answer."),
    toolCalls: v.optional(v.pipe(
      v.array(toolCall),
      v.minLength(1),
      v.description("Tools to call, several of them in parallel."),
    )),
    refusal: text("A refusal, sent in place of content."),
    error: v.optional(error),
    finishReason: v.optional(v.pipe(
      closedWords(["stop", "length", "tool_calls", "content_filter"]),
      v.description("The finish_reason to give in place of the one that follows."),
    )),
    usage: v.optional(usage),
    pace: v.optional(pace),
    chunking: v.optional(chunking),
    faults: v.optional(faults),
  }),
  v.check(
    (script) =>
      [script.error, script.refusal, script.text ?? script.toolCalls]
        .filter((value) => value !== undefined).length < 2,
    "expected only one of error, refusal, and text or toolCalls",
  ),
  v.description("A scripted answer; pace and faults given here replace those of the provider."),
);

/** What a config may say of a mock provider. */
export const mockSettings = v.pipe(
  closedObject({
    model: text("Answers as this model, whichever the client asks for."),
    strict: flag(
      "Refuses what only the real API refuses: unknown parameters and values, and tool messages " +
        "out of order.",
    ),
    answerTokens: count(1, "Length of the default answer in tokens; 80 if left out."),
    responses: v.optional(v.pipe(
      v.array(response),
      v.description("Scripted answers; the first that matches a request is given."),
    )),
    usage: v.optional(usage),
    pace: v.optional(pace),
    chunking: v.optional(chunking),
    faults: v.optional(faults),
  }),
  v.description("Answers without a provider: for demos, tests and CI."),
);

/** The settings of a mock provider. */
export type MockSettings = v.InferOutput<typeof mockSettings>;
/** One of its scripted answers. */
export type ResponseSettings = v.InferOutput<typeof response>;
/** Which requests a scripted answer is for. */
export type MatchSettings = v.InferOutput<typeof match>;
/** An error to answer with. */
export type ErrorSettings = v.InferOutput<typeof error>;
/** What goes wrong. */
export type FaultSettings = v.InferOutput<typeof faults>;

function isRegex(pattern: string): boolean {
  try {
    RE2JS.compile(pattern);
    return true;
  } catch {
    return false;
  }
}
