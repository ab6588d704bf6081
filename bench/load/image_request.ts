import { Buffer } from "node:buffer";
import { randomBytes } from "node:crypto";

/** How long the image's text is. */
export const imageTextBytes = 5 * 1024 * 1024;

/** A chat request with an image of 5 MB in it, as base64 in a data URL. */
export function imageRequest(): Uint8Array<ArrayBuffer> {
  const image = Buffer.concat([jpegStart, randomBytes(imageTextBytes / 4 * 3 - jpegStart.length)]);
  const url = `data:image/jpeg;base64,${image.toString("base64")}`;
  return new TextEncoder().encode(JSON.stringify({
    model: "gpt-5-mini",
    max_completion_tokens: 400,
    messages: [{
      role: "user",
      content: [
        { type: "text", text: "What is in this picture?" },
        { type: "image_url", image_url: { url } },
      ],
    }],
  }));
}

const jpegStart = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 0x10, 0x4a, 0x46, 0x49, 0x46, 0]);
