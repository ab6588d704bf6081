import type { Converter, JsonObject } from "../../../src/apis/api.ts";
import { type Loss, losses } from "../../../src/chat/losses.ts";

/** What a conversion may be told beside the body. */
interface Beside {
  readonly model?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A converted request, and what it lost. */
export function writeRequest(
  converter: Converter,
  request: JsonObject,
  beside: Beside = {},
): { readonly body: JsonObject; readonly losses: readonly Loss[] } {
  const lost = losses({});
  const body = converter.writeRequest(request, context(beside), lost);
  return { body, losses: lost.found };
}

/** The names of what a request lost. */
export function dropped(converter: Converter, request: JsonObject, beside: Beside = {}): string[] {
  const { losses } = writeRequest(converter, request, beside);
  return losses.map(({ kind, field }) => kind === "dropped" ? field : `${kind} ${field}`);
}

/** A converted answer; the headers are the provider's. */
export function readAnswer(
  converter: Converter,
  answer: JsonObject,
  request: JsonObject = {},
  { headers, ...beside }: Beside = {},
): JsonObject {
  return converter.readAnswer(answer, {
    ...context(beside),
    request,
    answerHeaders: new Headers(headers),
  });
}

function context({ model = "the-model", headers }: Beside) {
  return { model, headers: new Headers(headers), newId: (prefix: string) => `${prefix}0` };
}
