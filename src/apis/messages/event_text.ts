import type { Fault } from "../../chat/fault.ts";
import type { JsonObject } from "../api.ts";
import { messagesErrorShape } from "../error_shapes.ts";

/** An event as it stands in a stream, named by its type. */
export function eventText(event: JsonObject & { readonly type: string }): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

/** The event that tells why there is no more. */
export function errorEventText(fault: Fault): string {
  return `event: error\ndata: ${JSON.stringify(messagesErrorShape(fault))}\n\n`;
}
