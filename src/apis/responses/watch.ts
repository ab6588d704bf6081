import { isMapping } from "../../lib/mapping.ts";
import { noAnswerYet, watching } from "../answer_so_far.ts";
import type { JsonObject, StreamWatch } from "../api.ts";
import { parseObject } from "../parse_object.ts";
import { readFault, readUsage, textOf } from "./wire.ts";

/**
 * Watches a stream of response events; every frame is passed on as it came.
 *
 * Many frames repeat the whole response or an item of it. They are told by their type, which is
 * looked for in the text, and only those that say something new are parsed.
 */
export function watchStream(_request: JsonObject): StreamWatch {
  const answer = noAnswerYet();

  function finish(type: string, event: JsonObject): void {
    if (isMapping(event.response)) {
      if (textOf(event.response.model) !== "") answer.model = textOf(event.response.model);
      answer.usage = readUsage(event.response.usage) ?? answer.usage;
    }
    if (type === "response.failed" || type === "error") {
      answer.progress = "failed";
      answer.fault ??= readFault(event);
    } else if (answer.progress === "open") {
      answer.progress = "closed";
    }
  }

  return watching(answer, ({ bytes, data }) => {
    const type = data === undefined ? undefined : TYPE.exec(data)?.[1];
    if (data === undefined || type === undefined) return bytes;
    if (!type.endsWith(".delta") && !ENDS.has(type)) return bytes;
    const event = parseObject(data);
    if (event === undefined) return bytes;
    if (type.endsWith(".delta")) {
      answer.started = true;
      answer.textLength += textOf(event.delta).length;
    } else {
      finish(type, event);
    }
    return bytes;
  });
}

const ENDS = new Set(["response.completed", "response.incomplete", "response.failed", "error"]);

/**
 * The type of an event: inside a text its quotes would be escaped, and no other member has such a
 * value. Providers write it first.
 */
const TYPE = /"type"\s*:\s*"(response\.[\w.]+|error)"/;
