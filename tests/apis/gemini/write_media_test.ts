import assert from "node:assert/strict";
import type { Block } from "../../../src/chat/block.ts";
import type { Turn } from "../../../src/chat/request.ts";
import { G2, result, text, user, written } from "./turns.ts";

const at = (url: string, mediaType = "image/*"): Block => ({
  type: "media",
  mediaType,
  source: { url },
});
const said = (...parts: unknown[]) => ({ role: "user", parts });

type Row = readonly [
  claim: string,
  turns: readonly Turn[],
  contents: readonly unknown[],
  lost?: readonly string[],
];

const TABLE: readonly Row[] = [
  [
    "files that Google can read",
    [
      user(
        text("a"),
        at("gs://b/x.jpg"),
        at("gs://b/x", "application/pdf"),
        at("https://www.youtube.com/watch?v=1"),
        at("https://generativelanguage.googleapis.com/v1beta/files/1", "audio/mp3"),
        { type: "media", mediaType: "video/*", source: { fileId: "gs://b/y.mp4", api: "gemini" } },
        { type: "media", mediaType: "image/jpg", source: { data: "AAAA" } },
      ),
    ],
    [
      said(
        { text: "a" },
        { fileData: { mimeType: "image/jpeg", fileUri: "gs://b/x.jpg" } },
        { fileData: { mimeType: "application/pdf", fileUri: "gs://b/x" } },
        { fileData: { mimeType: "video/mp4", fileUri: "https://www.youtube.com/watch?v=1" } },
        {
          fileData: {
            mimeType: "audio/mp3",
            fileUri: "https://generativelanguage.googleapis.com/v1beta/files/1",
          },
        },
        { fileData: { mimeType: "video/mp4", fileUri: "gs://b/y.mp4" } },
        { inlineData: { mimeType: "image/jpeg", data: "AAAA" } },
      ),
    ],
  ],
  [
    "no detail",
    [user(text("a"), {
      type: "media",
      mediaType: "image/png",
      source: { data: "AAAA" },
      detail: "low",
    })],
    [said({ text: "a" }, { inlineData: { mimeType: "image/png", data: "AAAA" } })],
    ["dropped:imageDetail"],
  ],
];

for (const [claim, turns, contents, lost = []] of TABLE) {
  Deno.test(`writeContents() writes ${claim}`, () => {
    assert.deepEqual(written(turns, G2), { contents, lost });
  });
}

const REFUSED: readonly [claim: string, block: Block, message: RegExp][] = [
  ["an image on the web", at("https://example.com/x.png"), /the image of turn 2 .*address/],
  ["a document on the web", at("http://x/y.pdf", "application/pdf"), /the application\/pdf part/],
  ["a file without a type", at("gs://b/x"), /media type/],
  [
    "a file of another provider",
    { type: "media", mediaType: "image/*", source: { fileId: "f", api: "messages" } },
    /another provider/,
  ],
  ["one inside a result", result("a", { blocks: [at("https://x/y.png")] }), /turn 2/],
];

for (const [claim, block, message] of REFUSED) {
  Deno.test(`writeContents() refuses ${claim}`, () => {
    const turns = [user(text("a")), user(block)];
    assert.throws(() => written(turns, G2), {
      kind: "invalid-request",
      param: "messages",
      message,
    });
    assert.throws(() => written(turns, G2, { api: "responses" }), { param: "input" });
  });
}
