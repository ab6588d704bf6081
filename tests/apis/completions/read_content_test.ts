import assert from "node:assert/strict";
import { readContent } from "../../../src/apis/completions/read_content.ts";

const PNG = "data:image/png;base64,aGk=";

const PARTS: readonly [string, unknown, unknown][] = [
  ["text", { type: "text", text: " a " }, { type: "text", text: " a " }],
  ["a bare string", "a", { type: "text", text: "a" }],
  ["a refusal", { type: "refusal", refusal: "no" }, { type: "refusal", text: "no" }],
  [
    "a mark of Anthropic's",
    { type: "text", text: "a", cache_control: { type: "ephemeral" } },
    { type: "text", text: "a", cache: {} },
  ],
  [
    "a mark of Anthropic's with a time",
    { type: "text", text: "a", cache_control: { type: "ephemeral", ttl: "1h" } },
    { type: "text", text: "a", cache: { ttlSeconds: 3600 } },
  ],
  [
    "a mark of OpenAI's",
    { type: "text", text: "a", prompt_cache_breakpoint: { mode: "explicit", ttl: "30m" } },
    { type: "text", text: "a", cache: { ttlSeconds: 1800 } },
  ],
  [
    "an image as data",
    { type: "image_url", image_url: { url: PNG, detail: "low" } },
    { type: "media", mediaType: "image/png", source: { data: "aGk=" }, detail: "low" },
  ],
  [
    "an image as data of an unsaid type",
    { type: "image_url", image_url: { url: "data:;base64,aGk=" } },
    { type: "media", mediaType: "image/*", source: { data: "aGk=" } },
  ],
  [
    "data with line breaks and a charset",
    { type: "image_url", image_url: { url: "data:IMAGE/png;charset=x;base64,aG\r\nk=\n" } },
    { type: "media", mediaType: "image/png", source: { data: "aGk=" } },
  ],
  [
    "an image by address",
    { type: "image_url", image_url: { url: "https://x.test/a.png" } },
    { type: "media", mediaType: "image/*", source: { url: "https://x.test/a.png" } },
  ],
  [
    "an image by address alone",
    { type: "image_url", image_url: "https://x.test/a.png" },
    { type: "media", mediaType: "image/*", source: { url: "https://x.test/a.png" } },
  ],
  [
    "an image that is no base64",
    { type: "image_url", image_url: { url: "data:image/svg+xml,%3Csvg" } },
    { type: "media", mediaType: "image/*", source: { url: "data:image/svg+xml,%3Csvg" } },
  ],
  [
    "an image with its media type beside",
    { type: "image_url", image_url: { url: "gs://b/a", mime_type: "image/webp" } },
    { type: "media", mediaType: "image/webp", source: { url: "gs://b/a" } },
  ],
  [
    "an image with an extension beside",
    { type: "image_url", image_url: { url: "gs://b/a", format: "jpg" } },
    { type: "media", mediaType: "image/jpeg", source: { url: "gs://b/a" } },
  ],
  [
    "an image that is a document",
    { type: "image_url", image_url: { url: "gs://b/a", format: "pdf" } },
    { type: "media", mediaType: "application/pdf", source: { url: "gs://b/a" } },
  ],
  [
    "a marked image",
    { type: "image_url", image_url: { url: PNG }, cache_control: { type: "ephemeral" } },
    { type: "media", mediaType: "image/png", source: { data: "aGk=" }, cache: {} },
  ],
  [
    "mp3",
    { type: "input_audio", input_audio: { data: "aGk=", format: "mp3" } },
    { type: "media", mediaType: "audio/mpeg", source: { data: "aGk=" } },
  ],
  [
    "wav as a data URL",
    { type: "input_audio", input_audio: { data: "data:audio/wav;base64,aGk=", format: "wav" } },
    { type: "media", mediaType: "audio/wav", source: { data: "aGk=" } },
  ],
  [
    "a file",
    { type: "file", file: { filename: "a.pdf", file_data: "data:application/pdf;base64,aGk=" } },
    { type: "media", mediaType: "application/pdf", source: { data: "aGk=" }, name: "a.pdf" },
  ],
  [
    "a file as bare base64",
    { type: "file", file: { filename: "a.csv", file_data: "aGk=" } },
    { type: "media", mediaType: "text/csv", source: { data: "aGk=" }, name: "a.csv" },
  ],
  [
    "a PDF without a name",
    { type: "file", file: { file_data: "JVBERi0x" } },
    { type: "media", mediaType: "application/pdf", source: { data: "JVBERi0x" } },
  ],
  [
    "a file of an unknown type",
    { type: "file", file: { file_data: "aGk=" } },
    { type: "media", mediaType: "application/octet-stream", source: { data: "aGk=" } },
  ],
  [
    "a file by address",
    { type: "file", file: { file_data: "https://x.test/a.pdf?x=1" } },
    { type: "media", mediaType: "application/pdf", source: { url: "https://x.test/a.pdf?x=1" } },
  ],
  [
    "a file by its id",
    { type: "file", file: { file_id: "file-1", filename: "a.PDF" } },
    {
      type: "media",
      mediaType: "application/pdf",
      source: { fileId: "file-1", api: "completions" },
      name: "a.PDF",
    },
  ],
  [
    "a part of another kind",
    { type: "video_url", video_url: { url: "u" } },
    {
      type: "native",
      api: "completions",
      name: "video_url",
      value: { type: "video_url", video_url: { url: "u" } },
    },
  ],
];

for (const [claim, part, block] of PARTS) {
  Deno.test(`readContent() reads ${claim}`, () => {
    const unmodelled = new Map();
    assert.deepEqual(readContent([part], "content", unmodelled), [block]);
    assert.equal(unmodelled.size, 0);
  });
}

Deno.test("readContent() reads a string as one text, blank or not, and nothing as none", () => {
  assert.deepEqual(readContent("", "content", new Map()), [{ type: "text", text: "" }]);
  assert.deepEqual(readContent(null, "content", new Map()), []);
  assert.deepEqual(readContent(undefined, "content", new Map()), []);
});

Deno.test("readContent() notes what stands beside the known members", () => {
  const unmodelled = new Map();
  readContent(
    [
      { type: "text", text: "a", annotations: [1], note: null, list: [] },
      { type: "image_url", image_url: { url: "u", zoom: 2 } },
      { type: "input_audio", input_audio: { data: "d", format: "wav", rate: 8000 } },
      { type: "file", file: { file_id: "f", pages: 3 } },
    ],
    "content",
    unmodelled,
  );
  assert.deepEqual(Object.fromEntries(unmodelled), {
    "messages[].content[].annotations": [1],
    "messages[].content[].image_url.zoom": 2,
    "messages[].content[].input_audio.rate": 8000,
    "messages[].content[].file.pages": 3,
  });
});

const REFUSED: readonly [unknown, string][] = [
  [7, "content"],
  [{ type: "text", text: "a" }, "content"],
  [[7], "content[0]"],
  [[{ type: "text" }], "content[0].text"],
  [["a", { type: "text", text: 7 }], "content[1].text"],
  [[{ type: "refusal" }], "content[0].refusal"],
  [[{ type: "image_url" }], "content[0].image_url"],
  [[{ type: "image_url", image_url: 7 }], "content[0].image_url"],
  [[{ type: "image_url", image_url: {} }], "content[0].image_url.url"],
  [[{ type: "image_url", image_url: { url: "u", detail: 7 } }], "content[0].image_url.detail"],
  [[{ type: "input_audio" }], "content[0].input_audio"],
  [[{ type: "input_audio", input_audio: { format: "mp3" } }], "content[0].input_audio.data"],
  [[{ type: "input_audio", input_audio: { data: "d" } }], "content[0].input_audio.format"],
  [[{ type: "file", file: {} }], "content[0].file.file_data"],
  [[{ type: "file", file: { file_data: 7 } }], "content[0].file.file_data"],
];

for (const [content, param] of REFUSED) {
  Deno.test(`readContent() of ${JSON.stringify(content)} complains of ${param}`, () => {
    const refusal = { kind: "invalid-request", param };
    assert.throws(() => readContent(content, "content", new Map()), refusal);
  });
}
