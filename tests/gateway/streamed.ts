import { CHAT, chat, gateway, script } from "./harness.ts";

export const STREAMED = { ...CHAT, stream: true };
export const SHOWN = { ...STREAMED, stream_options: { include_usage: true } };

/** A stream from a scripted upstream, read by hand. */
export async function begin(body: typeof STREAMED = STREAMED, signal?: AbortSignal) {
  const upstream = script();
  const it = gateway(() => upstream.response());
  const response = await it.ask(chat(body, signal === undefined ? {} : { signal }));
  const reader = (response.body ?? new Blob([]).stream()).getReader();
  const decoder = new TextDecoder();
  return {
    ...it,
    upstream,
    response,
    reader,
    async next() {
      const { value } = await reader.read();
      return value === undefined ? undefined : decoder.decode(value);
    },
    async rest() {
      let all = "";
      for (let part = await this.next(); part !== undefined; part = await this.next()) all += part;
      return all;
    },
  };
}
