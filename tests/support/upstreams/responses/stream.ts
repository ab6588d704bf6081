import { at, type JsonObject } from "../../json.ts";
import type { Answer, Fault } from "../scripts.ts";
import { sealOf } from "../seals.ts";
import type { Frame } from "../stand_in.ts";
import { objectsIn, sseFrame, textAt } from "../wire.ts";
import { type Made, piecesIn, responseOf, skeleton, wantsSeals } from "./answer.ts";
import { faultError } from "./errors.ts";

type Event = JsonObject & { readonly type: string };

/** A response as a stream, numbered throughout. */
export function framesOf(made: Made): Frame[] {
  const response = responseOf(made);
  const opening = skeleton(made);
  const items = objectsIn(response.output).flatMap(([index, item]) =>
    itemEvents(item, index, made)
  );
  return numbered([
    { type: "response.created", response: opening },
    { type: "response.in_progress", response: opening },
    ...items,
    { type: `response.${response.status}`, response },
  ], made.body);
}

/**
 * An error in the middle of a stream.
 *
 * The API says what failed while it was being made by `response.failed`, and everything else by an
 * `error` event; see https://platform.openai.com/docs/api-reference/responses-streaming.
 */
export function faultFrames(fault: Fault, made: Made): Frame[] {
  const { message, code, param } = faultError(fault);
  const isFailure = fault.status >= 500 || fault.status === 429;
  if (!isFailure) return numbered([{ type: "error", code, message, param }], made.body, 9000);
  const error = { code: code === "rate_limit_exceeded" ? code : "server_error", message };
  const response = { ...skeleton(made), status: "failed", error };
  return numbered([{ type: "response.failed", response }], made.body, 9000);
}

function numbered(events: readonly Event[], body: JsonObject, from = 0): Frame[] {
  const hides = at(body, "stream_options", "include_obfuscation") !== false;
  return events.map((event, index) => {
    const isContent = event.type.endsWith(".delta");
    const padding = isContent && hides ? { obfuscation: "kQ3xZ9aB".slice(index % 7) } : {};
    const data = { ...event, sequence_number: from + index, ...padding };
    return sseFrame(data, isContent, event.type);
  });
}

function itemEvents(item: JsonObject, output_index: number, made: Made): Event[] {
  const inner = item.type === "reasoning"
    ? reasoningEvents(item, output_index, made.answer)
    : item.type === "function_call"
    ? callEvents(item, output_index, made.answer)
    : messageEvents(item, output_index, made.answer);
  return [
    { type: "response.output_item.added", output_index, item: openedItem(item, made) },
    ...inner,
    { type: "response.output_item.done", output_index, item },
  ];
}

/** What an item shows when it begins; its encrypted content is not the final one yet. */
function openedItem(item: JsonObject, { body, call }: Made): JsonObject {
  if (item.type === "function_call") return { ...item, status: "in_progress", arguments: "" };
  if (item.type === "message") return { ...item, status: "in_progress", content: [] };
  const early = sealOf("openai-reasoning", "not done yet", call.serial);
  return { ...item, summary: [], ...(wantsSeals(body) && { encrypted_content: early }) };
}

function reasoningEvents(item: JsonObject, output_index: number, answer: Answer): Event[] {
  return objectsIn(item.summary).flatMap(([summary_index, part]) => {
    const place = { item_id: item.id, output_index, summary_index };
    const text = textAt(part, "text");
    const name = "response.reasoning_summary";
    return [
      { type: `${name}_part.added`, ...place, part: { ...part, text: "" } },
      ...piecesIn(answer, text).map((delta) => ({ type: `${name}_text.delta`, ...place, delta })),
      { type: `${name}_text.done`, ...place, text },
      { type: `${name}_part.done`, ...place, part },
    ];
  });
}

function callEvents(item: JsonObject, output_index: number, answer: Answer): Event[] {
  const place = { item_id: item.id, output_index };
  const text = textAt(item, "arguments");
  const name = "response.function_call_arguments";
  return [
    ...piecesIn(answer, text).map((delta) => ({ type: `${name}.delta`, ...place, delta })),
    { type: `${name}.done`, ...place, arguments: text, name: item.name },
  ];
}

function messageEvents(item: JsonObject, output_index: number, answer: Answer): Event[] {
  return objectsIn(item.content).flatMap(([content_index, part]) => {
    const place = { item_id: item.id, output_index, content_index };
    const isRefusal = part.type === "refusal";
    const member = isRefusal ? "refusal" : "text";
    const name = isRefusal ? "response.refusal" : "response.output_text";
    const logprobs = isRefusal ? {} : { logprobs: [] };
    const text = textAt(part, member);
    return [
      { type: "response.content_part.added", ...place, part: { ...part, [member]: "" } },
      ...piecesIn(answer, text).map((delta) => ({
        ...{ type: `${name}.delta`, ...place, delta, ...logprobs },
      })),
      { type: `${name}.done`, ...place, [member]: text, ...logprobs },
      { type: "response.content_part.done", ...place, part },
    ];
  });
}
