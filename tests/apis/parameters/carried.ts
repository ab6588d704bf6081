import type { Api, CalledApi, JsonObject, Serve } from "../../../src/apis/api.ts";
import { losses } from "../../../src/chat/losses.ts";
import { GatewayError } from "../../../src/errors.ts";
import { isMapping } from "../../../src/lib/mapping.ts";
import type { Sample } from "./samples.ts";

/** What became of a parameter; `silent` is the one that must not be. */
export type Fate = "carried" | "reported" | "refused" | "silent";

/** What becomes of a parameter between a client's API and a provider's. */
export function fateOf(
  client: Api,
  base: JsonObject,
  sample: Sample,
  called: CalledApi,
  model: string,
): Fate {
  const { serve } = client;
  if (serve === undefined) throw new Error(`${client.name} is not served`);
  const without = merged(base, sample.beside ?? {});
  const plain = written(serve, without, called, model);
  const full = written(serve, withMember(without, sample), called, model);
  if (plain === undefined) throw new Error(`${sample.name}: what it needs is refused`);
  if (full === undefined) return "refused";
  const last = (sample.name.split(".").at(-1) ?? "").toLowerCase();
  const isNamed = full.fields.some((field) =>
    field.toLowerCase().includes(last) || sample.name.includes(field) ||
    field === sample.reportedAs
  );
  if (isNamed) return "reported";
  return full.body === plain.body ? "silent" : "carried";
}

function written(serve: Serve, json: JsonObject, called: CalledApi, model: string) {
  const lost = losses(serve.concepts);
  const streaming = json.stream === true;
  try {
    const chat = serve.readRequest({ json, model, streaming, headers: new Headers() });
    const body = JSON.stringify(called.writeRequest(chat, lost));
    return { body, fields: lost.found.map(({ field }) => field) };
  } catch (cause) {
    if (cause instanceof GatewayError && cause.kind === "invalid-request") return undefined;
    throw cause;
  }
}

function withMember(base: JsonObject, { name, value }: Sample): JsonObject {
  const [outer = "", inner] = name.split(".");
  return merged(base, { [outer]: inner === undefined ? value : { [inner]: value } });
}

function merged(base: JsonObject, more: JsonObject): JsonObject {
  const all: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(more)) {
    const before = all[key];
    all[key] = isMapping(before) && isMapping(value) ? { ...before, ...value } : value;
  }
  return all;
}
