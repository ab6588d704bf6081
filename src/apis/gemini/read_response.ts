import type { ChatResponse, Choice } from "../../chat/response.ts";
import { GatewayError } from "../../errors.ts";
import { defined } from "../../lib/defined.ts";
import { isMapping, type Mapping } from "../../lib/mapping.ts";
import type { CallContext, JsonObject } from "../api.ts";
import { readLogprobs } from "./logprobs.ts";
import { foldBlocks, partReader } from "./read_parts.ts";
import { candidatesIn, isBlocked, partsIn, readFinishReason, readUsage } from "./wire.ts";

/** Reads a whole answer of Google's. */
export function readResponse(answer: JsonObject, context: CallContext): ChatResponse {
  const id = typeof answer.responseId === "string" ? answer.responseId : "";
  const candidates = candidatesIn(answer);
  if (candidates.length === 0 && !ANSWERS.some((name) => name in answer)) {
    throw new GatewayError("upstream-invalid", "the provider's answer has no candidates", {
      code: "invalid_response",
    });
  }
  const choices = candidates.map((candidate, at) => {
    reportLosses(candidate, context);
    return choiceOf(candidate, callIds(id, at, context));
  });
  const none: Choice = {
    blocks: [],
    finish: { reason: isBlocked(answer) ? "content-filter" : "stop" },
  };
  return {
    id,
    model: typeof answer.modelVersion === "string" ? answer.modelVersion : "",
    choices: choices.length === 0 ? [none] : choices,
    ...defined({ usage: readUsage(answer.usageMetadata), serviceTier: serviceTierOf(context) }),
  };
}

/** What an answer has at least one of, even when nothing was generated. */
const ANSWERS = ["candidates", "promptFeedback", "usageMetadata"];

/** Ids for calls without one, the same however the answer came. */
export function callIds(
  responseId: string,
  candidate: number,
  { newId }: CallContext,
): (count: number) => string {
  const middle = candidate === 0 ? "" : `${candidate}_`;
  return (count) => responseId === "" ? newId("call_") : `call_${responseId}_${middle}${count}`;
}

/** Names what of a candidate other APIs have no room for. */
export function reportLosses(candidate: Mapping, { losses }: CallContext): void {
  for (const name of ["citationMetadata", "groundingMetadata", "urlContextMetadata"]) {
    const found = candidate[name];
    if (isMapping(found) && Object.keys(found).length > 0) losses.droppedField(name);
  }
}

/** The tier that served the request (https://ai.google.dev/gemini-api/docs/priority-inference). */
export function serviceTierOf({ headers }: CallContext): string | undefined {
  return headers.get("x-gemini-service-tier") ?? undefined;
}

function choiceOf(candidate: Mapping, idOf: (count: number) => string): Choice {
  const reader = partReader(idOf);
  const logprobs = readLogprobs(candidate.logprobsResult);
  const events = [...reader.read(partsIn(candidate), logprobs), ...reader.close()];
  return {
    blocks: foldBlocks(events),
    finish: { reason: readFinishReason(candidate.finishReason, reader.hasCalls) },
  };
}
