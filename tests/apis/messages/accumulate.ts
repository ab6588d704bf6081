import Anthropic from "@anthropic-ai/sdk";

/** The message that the official SDK puts together from the text of a stream, as plain JSON. */
export async function accumulate(text: string): Promise<unknown> {
  const client = new Anthropic({
    apiKey: "none",
    maxRetries: 0,
    fetch: () =>
      Promise.resolve(new Response(text, { headers: { "content-type": "text/event-stream" } })),
  });
  const stream = client.messages.stream({
    model: "m",
    max_tokens: 1,
    messages: [{ role: "user", content: "hi" }],
  });
  // The SDK's own addition, which no API sends.
  const { parsed_output: _, ...message } = await stream.finalMessage();
  return JSON.parse(JSON.stringify(message));
}
