/**
 * The least that a translation of a stream can do: each event of Anthropic's is parsed as JSON and
 * becomes an object, which is written as JSON; what a chunk holds leaves in one write.
 */
export function translatedEvents(upstream: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const reader = upstream.getReader();
  const decoder = new TextDecoder();
  const encoder = new TextEncoder();
  const answer: Answer = { id: "", model: "", created: Math.floor(Date.now() / 1000) };
  let pending = "";
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return controller.close();
        pending += decoder.decode(value, { stream: true });
        let written = "", start = 0;
        for (let end = pending.indexOf("\n\n"); end >= 0; end = pending.indexOf("\n\n", start)) {
          written += translate(answer, pending.slice(start, end));
          start = end + 2;
        }
        pending = pending.slice(start);
        if (written !== "") return controller.enqueue(encoder.encode(written));
      }
    },
    cancel: (reason) => reader.cancel(reason),
  });
}

interface Answer {
  id: string;
  model: string;
  readonly created: number;
}

/** Those members of Anthropic's events that are looked at. */
interface UpstreamEvent {
  readonly type: string;
  readonly message?: { readonly id: string; readonly model: string };
  readonly delta?: { readonly text?: string };
}

function translate(answer: Answer, event: string): string {
  const dataAt = event.indexOf("data: ");
  if (dataAt < 0) return "";
  const { type, message, delta }: UpstreamEvent = JSON.parse(event.slice(dataAt + 6));
  switch (type) {
    case "message_start":
      answer.id = message?.id ?? "";
      answer.model = message?.model ?? "";
      return chunk(answer, { role: "assistant" }, null);
    case "content_block_delta":
      return chunk(answer, { content: delta?.text }, null);
    case "message_delta":
      return chunk(answer, {}, "stop");
    case "message_stop":
      return "data: [DONE]\n\n";
    default:
      return "";
  }
}

function chunk({ id, model, created }: Answer, delta: object, finish: string | null): string {
  const json = {
    id,
    object: "chat.completion.chunk",
    created,
    model,
    choices: [{ index: 0, delta, finish_reason: finish }],
  };
  return `data: ${JSON.stringify(json)}\n\n`;
}
