import { isObject, type JsonObject } from "../../json.ts";
import { faultReply, flawRefusal, refusalReply, standardHeaders } from "../responses/errors.ts";
import { keyRefusal } from "../responses/keys.ts";
import { checkShape, members, number, text } from "../shapes.ts";
import { type Call, type Reply, StandIn } from "../stand_in.ts";
import { jsonReply } from "../wire.ts";

/**
 * A strict stand-in of OpenAI's images (https://platform.openai.com/docs/api-reference/images).
 */
export const ImagesUpstream = {
  start: ({ key }: { readonly key: string }): Promise<StandIn> =>
    StandIn.start({ receive: (call) => receive(call, key), fault: faultReply }, {}),
} as const;

/** The tokens of every image. */
export const imageUsage = {
  total_tokens: 1106,
  input_tokens: 50,
  output_tokens: 1056,
  input_tokens_details: { text_tokens: 10, image_tokens: 40 },
} as const;

const sizes = ["auto", "1024x1024", "1536x1024", "1024x1536"];

const generationShape = members({
  "model!": text({ pattern: /^gpt-image-/ }),
  "prompt!": text({ min: 1, max: 32_000 }),
  n: number({ integer: true, min: 1, max: 10 }),
  size: text({ among: sizes }),
  quality: text({ among: ["auto", "low", "medium", "high"] }),
  background: text({ among: ["auto", "opaque", "transparent"] }),
  output_format: text({ among: ["png", "jpeg", "webp"] }),
  user: text(),
});

async function receive(call: Call, key: string): Promise<Reply> {
  const stranger = keyRefusal(call, key);
  if (stranger !== undefined) return refusalReply(stranger, call);
  if (call.path === "/v1/images/generations") return generate(call);
  if (call.path === "/v1/images/edits") return await edit(call);
  return faultReply({ status: 404 }, call);
}

function generate(call: Call): Reply {
  if (!isObject(call.body)) return faultReply({ status: 400 }, call);
  const { flaw } = checkShape(generationShape, call.body);
  if (flaw !== undefined) return refusalReply(flawRefusal(flaw), call);
  return images(call, Number(call.body.n ?? 1));
}

/** Takes a form with a picture. */
async function edit(call: Call): Promise<Reply> {
  const { headers, body } = call.request;
  const form = await new Response(Uint8Array.from(body), {
    headers: { "content-type": headers.get("content-type") ?? "" },
  }).formData().catch(() => new FormData());
  const fields: JsonObject = Object.fromEntries(
    [...form].filter(([, value]) => typeof value === "string"),
  );
  const { flaw } = checkShape(generationShape, fields);
  if (flaw !== undefined) return refusalReply(flawRefusal(flaw), call);
  if (!(form.get("image") instanceof File)) {
    const message = "Missing required parameter: 'image'.";
    return refusalReply({ status: 400, message, param: "image", code: null }, call);
  }
  return images(call, 1);
}

function images(call: Call, count: number): Reply {
  return jsonReply(200, standardHeaders(call), {
    created: 1764000000,
    data: Array.from({ length: count }, () => ({ b64_json: "iVBORw0KGgo=" })),
    usage: imageUsage,
  });
}
