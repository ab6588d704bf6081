import assert from "node:assert/strict";
import {
  audioTypeOf,
  DOCUMENT_TYPES,
  documentNameOf,
  extensionOf,
  mediaTypeOf,
} from "../../src/apis/media_types.ts";

const MORE = [...DOCUMENT_TYPES, ["png", "image/png"]] as const;

Deno.test("mediaTypeOf() goes by the last ending of a name", () => {
  assert.equal(mediaTypeOf("a.pdf.TXT"), "text/plain");
  assert.equal(mediaTypeOf("pdf"), "application/pdf");
  assert.equal(mediaTypeOf("x.htm"), "text/html");
  for (const name of ["", "x.", "x.png", "x.pdf/y"]) assert.equal(mediaTypeOf(name), undefined);
  assert.equal(mediaTypeOf("x.png", MORE), "image/png");
});

Deno.test("extensionOf() knows the usual ending of a type", () => {
  assert.equal(extensionOf("text/html"), "html");
  assert.equal(extensionOf("image/png"), undefined);
  assert.equal(extensionOf("image/png", MORE), "png");
});

Deno.test("documentNameOf() gives an ending where it knows one", () => {
  assert.equal(documentNameOf("application/pdf"), "document.pdf");
  assert.equal(documentNameOf("application/x-unknown"), "document");
});

Deno.test("audioTypeOf() knows that mp3 is not the name of a type", () => {
  assert.equal(audioTypeOf("mp3"), "audio/mpeg");
  assert.equal(audioTypeOf("wav"), "audio/wav");
});
