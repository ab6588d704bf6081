import assert from "node:assert/strict";
import type { MediaBlock, MediaSource } from "../../../src/chat/block.ts";
import { GatewayError } from "../../../src/errors.ts";
import { isMapping } from "../../../src/lib/mapping.ts";
import { ask, text } from "./ask.ts";

const DATA = { data: "AAAA" };

function mediaOf(mediaType: string, source: MediaSource = DATA, name?: string): MediaBlock {
  return { type: "media", mediaType, source, ...(name === undefined ? {} : { name }) };
}

/** The content blocks of media that stand beside a text. */
function write(...blocks: readonly MediaBlock[]): unknown[] {
  const { request } = ask({ turns: [{ role: "user", blocks: [...blocks, text("!")] }] });
  const [message] = Array.isArray(request.messages) ? request.messages : [];
  assert.ok(isMapping(message) && Array.isArray(message.content));
  return message.content.slice(0, -1);
}

Deno.test("mediaWriter() writes images in the formats that the API takes", () => {
  const bytes = { bytes: "AAAA" };
  const s3 = { s3Location: { uri: "s3://bucket/a/b.jpg" } };
  const cases: readonly (readonly [MediaBlock, unknown])[] = [
    [mediaOf("image/png"), { format: "png", source: bytes }],
    [mediaOf("image/jpg"), { format: "jpeg", source: bytes }],
    [mediaOf("image/jpeg"), { format: "jpeg", source: bytes }],
    [mediaOf("image/gif"), { format: "gif", source: bytes }],
    [mediaOf("image/webp"), { format: "webp", source: bytes }],
    [mediaOf("image/*", { data: "iVBORw0K" }), { format: "png", source: { bytes: "iVBORw0K" } }],
    [mediaOf("image/*", { data: "/9j/4AAQ" }), { format: "jpeg", source: { bytes: "/9j/4AAQ" } }],
    [mediaOf("image/*", { url: "s3://bucket/a/b.jpg" }), { format: "jpeg", source: s3 }],
  ];
  for (const [block, image] of cases) assert.deepEqual(write(block), [{ image }]);
});

Deno.test("mediaWriter() writes documents by media type, else by file name", () => {
  const cases: readonly (readonly [MediaBlock, string])[] = [
    [mediaOf("application/pdf"), "pdf"],
    [mediaOf("text/plain; charset=utf-8"), "txt"],
    [mediaOf("text/markdown"), "md"],
    [mediaOf("text/html"), "html"],
    [mediaOf("text/csv"), "csv"],
    [mediaOf("application/msword"), "doc"],
    [mediaOf("application/vnd.ms-excel"), "xls"],
    [mediaOf("application/octet-stream", DATA, "Sheet.XLSX"), "xlsx"],
    [mediaOf("application/octet-stream", { url: "s3://b/paper.docx" }), "docx"],
  ];
  for (const [block, format] of cases) {
    const [written] = write(block);
    assert.ok(isMapping(written) && isMapping(written.document));
    assert.equal(written.document.format, format);
  }
});

Deno.test("mediaWriter() gives each document a legal name of its own", () => {
  const names = ["a_b.v2.pdf", "../../Größe (1).pdf", "report.pdf", "report.txt", "report [2].pdf"];
  const blocks = [undefined, "", ".pdf", ...names].map((name) =>
    mediaOf("application/pdf", DATA, name)
  );
  const found = write(...blocks).map((block) => isMapping(block) ? block.document : undefined);
  assert.deepEqual(found.map((document) => isMapping(document) ? document.name : undefined), [
    "document",
    "document [2]",
    "document [3]",
    "a b v2",
    "Gr e (1)",
    "report",
    "report [2]",
    "report [2] [2]",
  ]);
});

Deno.test("mediaWriter() writes films", () => {
  assert.deepEqual(write(mediaOf("video/3gpp"), mediaOf("video/mp4", { url: "s3://b/f" })), [
    { video: { format: "three_gp", source: { bytes: "AAAA" } } },
    { video: { format: "mp4", source: { s3Location: { uri: "s3://b/f" } } } },
  ]);
});

Deno.test("mediaWriter() refuses what it cannot send, and names it without its secrets", () => {
  const url = "https://host/cat.png?signature=secret";
  const cases: readonly (readonly [MediaBlock, string, RegExp])[] = [
    [mediaOf("image/png", { url }), "image", /image "https:\/\/host\/cat\.png" to this provider/],
    [mediaOf("application/pdf", { url }), "file", /file "https:\/\/host\/cat\.png"/],
    [mediaOf("image/png", { fileId: "file-1", api: "responses" }), "image", /"file-1"/],
    [mediaOf("image/bmp"), "image", /"image\/bmp".*only gif, jpeg, png and webp/],
    [mediaOf("image/*"), "image", /"image\/\*"/],
    [mediaOf("application/zip", DATA, "a.zip"), "file", /"a\.zip".*format/],
    [mediaOf("video/ogg"), "file", /"video\/ogg"/],
  ];
  for (const [block, param, message] of cases) {
    assert.throws(() => write(block), (error) => {
      assert.ok(error instanceof GatewayError);
      assert.equal(error.status, 400);
      assert.equal(error.param, param);
      assert.match(error.message, message);
      assert.doesNotMatch(error.message, /secret/);
      return true;
    });
  }
});

Deno.test("mediaWriter() drops sounds and how closely to look", () => {
  const sound = mediaOf("audio/wav");
  const near = { ...mediaOf("image/png"), detail: "high" };
  const blocks = [sound, near, { ...near, detail: "auto" }, text("!")];
  const { found } = ask({ turns: [{ role: "user", blocks }] });
  assert.deepEqual(found, ["dropped audio", "dropped imageDetail"]);
});
