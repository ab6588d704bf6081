import assert from "node:assert/strict";
import { isObject, type JsonObject } from "../support/json.ts";
import type { SseEvent } from "./chat_client.ts";

/** Cuts a whole stream into events, by the rules of the HTML standard that providers use. */
export function sseEvents(text: string): SseEvent[] {
  const blocks = text.replaceAll("\r\n", "\n").split("\n\n");
  assert.equal(blocks.pop(), "", "the last event must end with an empty line");
  return blocks.map((block) => {
    let event: string | undefined, data: string | undefined;
    for (const line of block.split("\n")) {
      const [, name, value = ""] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
      if (name === "event") event = value;
      else if (name === "data") data = data === undefined ? value : `${data}\n${value}`;
      else assert.equal(name, "", `a line that is neither event nor data: ${line}`);
    }
    assert.ok(data !== undefined, `an event without data: ${block}`);
    return { event, data };
  });
}

/** The JSON object that an event carries. */
export function jsonOf({ data }: SseEvent): JsonObject {
  const value: unknown = JSON.parse(data);
  assert.ok(isObject(value), `an event that is no object: ${data}`);
  return value;
}
