import assert from "node:assert/strict";
import type { Block, MediaBlock } from "../../../src/chat/block.ts";
import type { Turn } from "../../../src/chat/request.ts";
import { chatOf, written } from "./chats.ts";

const text = (text: string, more: object = {}): Block => ({ type: "text", text, ...more });
const user = (...blocks: Block[]): Turn => ({ role: "user", blocks });
const media = (mediaType: string, more: Partial<MediaBlock> = {}): Block => ({
  type: "media",
  mediaType,
  source: { data: "aGk=" },
  ...more,
});

const MEDIA: readonly [string, Block, unknown, ...string[]][] = [
  ["an image as data", media("image/png", { detail: "low" }), {
    type: "image_url",
    image_url: { url: "data:image/png;base64,aGk=", detail: "low" },
  }],
  ["an image by address", media("image/*", { source: { url: "https://x.test" } }), {
    type: "image_url",
    image_url: { url: "https://x.test" },
  }],
  [
    "an image by its id",
    media("image/png", { source: { fileId: "f", api: "messages" } }),
    undefined,
    "dropped image",
  ],
  ["mp3", media("audio/mpeg"), {
    type: "input_audio",
    input_audio: { data: "aGk=", format: "mp3" },
  }],
  ["wav", media("audio/x-wav"), {
    type: "input_audio",
    input_audio: { data: "aGk=", format: "wav" },
  }],
  ["flac", media("audio/flac"), {
    type: "input_audio",
    input_audio: { data: "aGk=", format: "flac" },
  }],
  ["audio by address", media("audio/mpeg", { source: { url: "u" } }), undefined, "dropped audio"],
  ["a document", media("application/pdf", { name: "a.pdf" }), {
    type: "file",
    file: { filename: "a.pdf", file_data: "data:application/pdf;base64,aGk=" },
  }],
  ["a document without a name", media("application/pdf"), {
    type: "file",
    file: { filename: "document.pdf", file_data: "data:application/pdf;base64,aGk=" },
  }],
  ["a document of an unknown type", media("application/x-odd"), {
    type: "file",
    file: { filename: "document", file_data: "data:application/x-odd;base64,aGk=" },
  }],
  [
    "a document by an id of OpenAI's",
    media("application/pdf", { source: { fileId: "f", api: "responses" } }),
    { type: "file", file: { file_id: "f" } },
  ],
  [
    "a document by an id of others",
    media("application/pdf", { source: { fileId: "f", api: "messages" } }),
    undefined,
    "dropped document",
  ],
  [
    "a document by address",
    media("application/pdf", { source: { url: "u" } }),
    undefined,
    "dropped document",
  ],
  ["a text file", media("text/plain"), { type: "text", text: "hi" }, "changed document"],
  ["a video", media("video/mp4"), undefined, "dropped media"],
  ["a mark on an image", media("image/png", { cache: {} }), {
    type: "image_url",
    image_url: { url: "data:image/png;base64,aGk=" },
  }, "dropped cache"],
];

for (const [claim, block, part, ...lost] of MEDIA) {
  Deno.test(`writeParts() writes ${claim}`, () => {
    const { body, lost: found } = written(chatOf({ turns: [user(block, text("x"), text("y"))] }));
    const rest = [{ type: "text", text: "x" }, { type: "text", text: "y" }];
    const content = part === undefined ? rest : [part, ...rest];
    assert.deepEqual([body.messages, found], [[{ role: "user", content }], lost]);
  });
}

const marked = (ttl?: string) => ({
  type: "text",
  text: "a",
  prompt_cache_breakpoint: { mode: "explicit", ...(ttl === undefined ? {} : { ttl }) },
});

const MARKS: readonly [string, string, Block, unknown, ...string[]][] = [
  ["a mark", "gpt-5.6", text("a", { cache: {} }), [marked()]],
  ["a mark for a later model", "gpt-6-mini", text("a", { cache: {} }), [marked()]],
  ["half an hour", "gpt-5.6", text("a", { cache: { ttlSeconds: 1800 } }), [marked("30m")]],
  ["half a day", "gpt-5.10", text("a", { cache: { ttlSeconds: 43_200 } }), [marked("12h")]],
  [
    "a time of others",
    "gpt-5.6",
    text("a", { cache: { ttlSeconds: 300 } }),
    [marked()],
    "changed cache",
  ],
  ["no mark for an earlier model", "gpt-5.5", text("a", { cache: {} }), "a", "dropped cache"],
  ["no mark for other models", "claude-5.6", text("a", { cache: {} }), "a", "dropped cache"],
];

for (const [claim, model, block, content, ...lost] of MARKS) {
  Deno.test(`writeParts() writes ${claim} for the cache`, () => {
    const { body, lost: found } = written(chatOf({ model, turns: [user(block)] }));
    assert.deepEqual([body.messages, found], [[{ role: "user", content }], lost]);
  });
}
