import { type CallHead, type Choice, joined, type Piece } from "./compose.ts";
import { logprobs } from "./logprobs.ts";
import type { ChatRequest } from "./request.ts";

/** An answer with all that its JSON says. */
export interface Answer {
  readonly id: string;
  readonly request: ChatRequest;
  readonly choices: readonly Choice[];
  /** Undefined: left out. */
  readonly usage: object | undefined;
}

/** One event of a stream. */
export interface StreamEvent {
  readonly data: string;
  /** How many tokens the model makes before it can be sent. */
  readonly tokens: number;
}

/** The body of an answer that is no stream. */
export function wholeAnswer(answer: Answer): string {
  return JSON.stringify({
    ...envelope(answer, "chat.completion"),
    choices: answer.choices.map(({ pieces, finishReason }, index) => ({
      index,
      message: message(pieces),
      logprobs: logprobs(pieces, answer.request.topLogprobs),
      finish_reason: finishReason,
    })),
    ...(answer.usage && { usage: answer.usage }),
  });
}

/** The events of an answer that is a stream, made one by one as they are wanted. */
export function* streamEvents(answer: Answer, tokensPerChunk: number): Generator<StreamEvent> {
  const { request } = answer;
  const head = JSON.stringify(envelope(answer, "chat.completion.chunk")).slice(0, -1);
  const tail = request.includeUsage ? `,"usage":null}` : "}";
  const chunks = answer.choices.map((choice) => choiceChunks(choice, request, tokensPerChunk));
  for (const { index, first, chunk } of inTurns(chunks)) {
    const { tokens, ...choice } = chunk;
    const data = `${head},"choices":[${JSON.stringify({ index, ...choice })}]${tail}`;
    // The choices are made side by side, so the time of a turn passes once.
    yield { data, tokens: first ? tokens : 0 };
  }
  if (request.includeUsage && answer.usage) {
    yield { data: `${head},"choices":[],"usage":${JSON.stringify(answer.usage)}}`, tokens: 0 };
  }
  yield { data: "[DONE]", tokens: 0 };
}

/** Fixed, so that answers do not depend on the clock: 2024-01-01T00:00:00Z. */
export const CREATED_SECONDS = 1_704_067_200;

function envelope({ id, request }: Answer, object: string): object {
  return {
    id,
    object,
    created: CREATED_SECONDS,
    model: request.model,
    ...(request.serviceTier !== undefined && { service_tier: request.serviceTier }),
    system_fingerprint: "fp_mock",
  };
}

function message(pieces: readonly Piece[]): object {
  const heads = pieces.flatMap((piece) => piece.type === "call" ? [piece] : []);
  const calls = heads.map(({ index, call }) => {
    const input = pieces.map((piece) =>
      piece.type === "input" && piece.index === index ? piece.text : ""
    ).join("");
    return { id: call.id, type: call.type, ...target(call, input) };
  });
  const refusal = joined(pieces, "refusal");
  const text = joined(pieces, "text");
  const silent = text === "" && (refusal !== "" || calls.length > 0);
  return {
    role: "assistant",
    content: silent ? null : text,
    ...(calls.length > 0 && { tool_calls: calls }),
    refusal: refusal === "" ? null : refusal,
    annotations: [],
  };
}

interface Chunk {
  readonly delta: object;
  readonly logprobs: unknown;
  readonly finish_reason: string | null;
  readonly tokens: number;
}

function* choiceChunks(
  { pieces, finishReason }: Choice,
  request: ChatRequest,
  tokensPerChunk: number,
): Generator<Chunk> {
  const [first, ...others] = pieces;
  const calls = pieces.filter(({ type }) => type === "call");
  const role = { role: "assistant", content: first?.type === "call" ? null : "" };
  if (first?.type === "call" && calls.length === 1) {
    yield chunk({ ...role, ...delta([first]), refusal: null }, 1);
  } else {
    yield chunk({ ...role, refusal: null }, 0);
  }
  const rest = first?.type === "call" && calls.length === 1 ? others : pieces;
  for (const group of groups(rest, tokensPerChunk)) {
    yield {
      ...chunk(delta(group), group.length),
      logprobs: group[0]?.type === "text" || group[0]?.type === "refusal"
        ? logprobs(group, request.topLogprobs)
        : null,
    };
  }
  yield { ...chunk({}, 0), finish_reason: finishReason };
}

function chunk(delta: object, tokens: number): Chunk {
  return { delta, logprobs: null, finish_reason: null, tokens };
}

/** Runs of pieces that one event can carry: of one type, which heads of calls keep apart. */
function* groups(pieces: readonly Piece[], lengthMax: number): Generator<readonly Piece[]> {
  let group: Piece[] = [];
  for (const piece of pieces) {
    const [first] = group;
    if (
      first && (group.length === lengthMax || first.type !== piece.type || first.type === "call")
    ) {
      yield group;
      group = [];
    }
    group.push(piece);
  }
  if (group.length > 0) yield group;
}

function delta(group: readonly Piece[]): object {
  const [first] = group;
  switch (first?.type) {
    case undefined:
      return {};
    case "text":
      return { content: joined(group, "text") };
    case "refusal":
      return { refusal: joined(group, "refusal") };
    case "call": {
      const { index, call } = first;
      return { tool_calls: [{ index, id: call.id, type: call.type, ...target(call, "") }] };
    }
    case "input": {
      const input = group.map((piece) => piece.type === "input" ? piece.text : "").join("");
      const [key, value] = first.call.type === "custom"
        ? ["custom", { input }]
        : ["function", { arguments: input }];
      return { tool_calls: [{ index: first.index, [key]: value }] };
    }
  }
}

function target({ type, name }: CallHead, input: string): object {
  return type === "custom" ? { custom: { name, input } } : { function: { name, arguments: input } };
}

interface Turn {
  readonly index: number;
  readonly chunk: Chunk;
  readonly first: boolean;
}

/** Takes one chunk of each choice in turn, as the API does when it makes several. */
function* inTurns(choices: readonly Iterator<Chunk, void>[]): Generator<Turn> {
  let open = choices.map((chunks, index) => ({ chunks, index }));
  while (open.length > 0) {
    let first = true;
    const still: typeof open = [];
    for (const choice of open) {
      const next = choice.chunks.next();
      if (next.done) continue;
      yield { index: choice.index, chunk: next.value, first };
      still.push(choice);
      first = false;
    }
    open = still;
  }
}
