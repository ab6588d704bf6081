import type { Seal } from "../../chat/block.ts";
import type { ChatEvent } from "../../chat/events.ts";
import { defined } from "../../lib/defined.ts";
import { isMapping, type Mapping } from "../../lib/mapping.ts";
import { type CallParts, readCall, readFunctionCall } from "./tool_calls.ts";

/** Gathers the tool calls of a stream, whose steps may come interleaved and in any pieces. */
export interface CallGatherer {
  /** The steps of a delta's `tool_calls`. */
  take(delta: Mapping): void;
  /** Ends all calls that have begun. */
  end(): void;
  /** Whether a call has begun. */
  readonly some: boolean;
}

/** Where steps go. */
export interface Sink {
  emit(event: ChatEvent): void;
  /** The index of the next block; other open blocks end before it. */
  nextIndex(): number;
  newId(prefix: string): string;
}

interface Call {
  id: string | undefined;
  name: string | undefined;
  seal: Seal | undefined;
  readonly custom: boolean;
  /** Input that came before the name did. */
  held: string;
  /** The index of its block, when that has begun. */
  block: number | undefined;
  /** Whether the seal was there when the block began. */
  isSealed: boolean;
}

/** A fresh gatherer, for one answer. */
export function callGatherer(sink: Sink): CallGatherer {
  const calls: Call[] = [];
  const byIndex = new Map<unknown, Call>();

  function take(delta: Mapping): void {
    const steps = Array.isArray(delta.tool_calls) ? delta.tool_calls.filter(isMapping) : [];
    for (const step of steps) advance(step.index, readCall(step));
    if (isMapping(delta.function_call)) {
      advance("function_call", readFunctionCall(delta.function_call));
    }
  }

  function advance(index: unknown, parts: CallParts): void {
    const known = isKey(index) ? byIndex.get(index) : callWithoutIndex(calls, parts);
    const call = known === undefined || isAnother(known, parts) ? begin(index, parts) : known;
    call.id ??= parts.id;
    call.name ??= parts.name;
    call.seal ??= parts.seal;
    tell(call, parts.input ?? "", sink);
  }

  function begin(index: unknown, { custom }: CallParts): Call {
    const call: Call = {
      custom,
      held: "",
      ...{ id: undefined, name: undefined, seal: undefined, block: undefined, isSealed: false },
    };
    calls.push(call);
    if (isKey(index)) byIndex.set(index, call);
    return call;
  }

  return {
    take,
    end() {
      for (const { block, seal, isSealed } of calls) {
        if (block === undefined) continue;
        const late = isSealed ? undefined : seal;
        sink.emit({ type: "block-end", index: block, ...defined({ seal: late }) });
      }
    },
    get some() {
      return calls.some(({ block }) => block !== undefined);
    },
  };
}

function isKey(index: unknown): boolean {
  return typeof index === "number" || index === "function_call";
}

/** Some providers leave the index away: an id or a name then begins a call. */
function callWithoutIndex(calls: readonly Call[], { id, name }: CallParts): Call | undefined {
  if (id !== undefined) return calls.find((call) => call.id === id);
  return name === undefined ? calls.at(-1) : undefined;
}

/** Some providers give all calls the index 0: another id with a name is another call. */
function isAnother(call: Call, { id, name }: CallParts): boolean {
  return id !== undefined && name !== undefined && call.id !== undefined && call.id !== id;
}

/** A call begins with its name; what came before that is told then. */
function tell(call: Call, input: string, { emit, nextIndex, newId }: Sink): void {
  call.held += input;
  if (call.name === undefined) return;
  if (call.block === undefined) {
    call.block = nextIndex();
    call.id ??= newId("call_");
    call.isSealed = call.seal !== undefined;
    const marks = { ...(call.custom ? { custom: true } : {}), ...defined({ seal: call.seal }) };
    const block = { type: "tool-call" as const, id: call.id, name: call.name, input: "", ...marks };
    emit({ type: "block-start", index: call.block, block });
  }
  if (call.held === "") return;
  emit({ type: "block-delta", index: call.block, text: call.held });
  call.held = "";
}
