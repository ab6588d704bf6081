import type { ChatEvent } from "../../../chat/events.ts";
import type { Guard, GuardContext } from "../guard.ts";
import type { Stage } from "./stage.ts";
import { type StreamingGuard, textStage } from "./text_stage.ts";
import { windowStage } from "./window_stage.ts";

/**
 * Runs guards over a streamed answer. Events go in one by one and come out as far as they are
 * judged; where `pending` gives a promise, further ones come out of that. After a refusal, of which
 * the last event is the error, nothing comes out any more.
 */
export function guardEvents(guards: readonly Guard[], context: GuardContext): Stage {
  return inARow(stagesOf(guards, context));
}

function stagesOf(guards: readonly Guard[], context: GuardContext): readonly Stage[] {
  const stages: Stage[] = [];
  let streaming: StreamingGuard[] = [];
  function flush(): void {
    if (streaming.length > 0) stages.push(textStage(streaming));
    streaming = [];
  }
  for (const guard of guards) {
    if (isStreaming(guard)) {
      streaming.push(guard);
    } else {
      flush();
      stages.push(windowStage(guard, context));
    }
  }
  flush();
  return stages;
}

function isStreaming(guard: Guard): guard is Guard & StreamingGuard {
  return guard.openStream !== undefined;
}

/** What comes out of one goes into the next. */
function inARow(stages: readonly Stage[]): Stage {
  function feed(events: readonly ChatEvent[], first: number): readonly ChatEvent[] {
    return stages.slice(first).reduce(
      (fed, stage) => fed.flatMap((event) => stage.push(event)),
      events,
    );
  }

  return {
    get refusal() {
      return stages.find(({ refusal }) => refusal !== undefined)?.refusal;
    },
    push: (event) => feed([event], 0),
    pending() {
      for (let index = stages.length - 1; index >= 0; index--) {
        const released = stages[index]?.pending();
        if (released !== undefined) return released.then((events) => feed(events, index + 1));
      }
      return undefined;
    },
  };
}
