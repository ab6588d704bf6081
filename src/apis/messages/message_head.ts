import type { ChatResponse } from "../../chat/response.ts";
import type { AnswerContext, JsonObject } from "../api.ts";

/** What a message says beside its content and its end, with every member that the API promises. */
export function messageHead(
  { id, model }: Pick<ChatResponse, "id" | "model">,
  context: AnswerContext,
): JsonObject {
  return {
    id: id === "" ? context.newId("msg_") : id,
    type: "message",
    role: "assistant",
    model: model === "" ? context.chat.model : model,
    container: null,
    diagnostics: null,
  };
}
