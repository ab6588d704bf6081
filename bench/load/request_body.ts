/** A chat request of about 1 KB, as an application with a system prompt sends it. */
export function bufferedRequest(): string {
  return JSON.stringify({ ...conversation, max_completion_tokens: 400 });
}

/** The same request for a stream; the mock upstream sends as many tokens as it allows. */
export function streamedRequest(tokens: number): string {
  return JSON.stringify({ ...conversation, stream: true, max_completion_tokens: tokens });
}

const conversation = {
  model: "gpt-5-mini",
  temperature: 0.2,
  messages: [
    {
      role: "system",
      content: "You are the assistant of a company's support desk. Answer in the language of the " +
        "question, in at most three paragraphs. Use only what the documents below say; where " +
        "they do not say it, tell so and name the team that would know. Never promise a date, a " +
        "price or a refund. Quote the number of the document that each statement rests on.",
    },
    { role: "user", content: "Our gateway returns 503 for some requests since this morning." },
    {
      role: "assistant",
      content:
        "A 503 from the gateway itself means that no upstream was healthy at that moment [12]. " +
        "Please look at the access log line of such a request: its `error` field says which " +
        "upstream was tried last and why it failed.",
    },
    { role: "user", content: "It says `connection refused`. What should we look at next?" },
  ],
};
