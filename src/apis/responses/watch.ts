import type { Fault } from "../../chat/fault.ts";
import type { Usage } from "../../chat/usage.ts";
import { defined } from "../../lib/defined.ts";
import { isMapping } from "../../lib/mapping.ts";
import type { SseFrame } from "../../lib/sse.ts";
import type { JsonObject, StreamWatch } from "../api.ts";
import { parseEvent, readFault, readUsage, textOf } from "./wire.ts";

/**
 * Watches a stream of response events; every frame is passed on as it came.
 *
 * Many frames repeat the whole response or an item of it. They are told by their type, which is
 * looked for in the text, and only those that say something new are parsed.
 */
export function watchStream(_request: JsonObject): StreamWatch {
  let model: string | undefined, usage: Usage | undefined;
  let textLength = 0, started = false;
  let progress: StreamWatch["progress"] = "open", fault: Fault | undefined;

  function finish(type: string, event: JsonObject): void {
    if (isMapping(event.response)) {
      if (textOf(event.response.model) !== "") model = textOf(event.response.model);
      usage = readUsage(event.response.usage) ?? usage;
    }
    if (type === "response.failed" || type === "error") {
      progress = "failed";
      fault ??= readFault(event);
    } else if (progress === "open") {
      progress = "closed";
    }
  }

  function see({ bytes, data }: SseFrame): Uint8Array {
    const type = data === undefined ? undefined : TYPE.exec(data)?.[1];
    if (data === undefined || type === undefined) return bytes;
    if (!type.endsWith(".delta") && !ENDS.has(type)) return bytes;
    const event = parseEvent(data);
    if (event === undefined) return bytes;
    if (type.endsWith(".delta")) {
      started = true;
      textLength += textOf(event.delta).length;
    } else {
      finish(type, event);
    }
    return bytes;
  }

  return {
    see,
    get summary() {
      return { textLength, ...defined({ model, usage }) };
    },
    get started() {
      return started;
    },
    get progress() {
      return progress;
    },
    get fault() {
      return fault;
    },
  };
}

const ENDS = new Set(["response.completed", "response.incomplete", "response.failed", "error"]);

/**
 * The type of an event: inside a text its quotes would be escaped, and no other member has such a
 * value. Providers write it first.
 */
const TYPE = /"type"\s*:\s*"(response\.[\w.]+|error)"/;
