import type { Call } from "../stand_in.ts";
import type { Refusal } from "./errors.ts";

/** What is wrong with a request's key; Azure takes it in a header of its own. */
export function keyRefusal({ headers }: Call, key?: string): Refusal | undefined {
  const given = headers.get("authorization")?.replace(/^Bearer /, "") ?? headers.get("api-key");
  const refused = { status: 401, param: null };
  if (given === null || given === undefined) {
    const message = "Missing bearer or basic authentication in header";
    return { ...refused, message, code: null };
  }
  if (key === undefined || given === key) return undefined;
  const message = `Incorrect API key provided: ${given.slice(0, 4)}****. You can find your API ` +
    "key at https://platform.openai.com/account/api-keys.";
  return { ...refused, message, code: "invalid_api_key" };
}
