import assert from "node:assert/strict";
import { isObject, type JsonObject } from "./json.ts";

/** An error as a client of the OpenAI API sees it. */
export interface SeenError {
  readonly status: number;
  readonly message: string;
  readonly type: string;
  readonly param: string | null;
  readonly code: string | null;
}

/** Reads an error answer and fails when it has not exactly the shape of OpenAI's. */
export async function readError(response: Response): Promise<SeenError> {
  const text = await response.text();
  const about = `status ${response.status}, body ${text.slice(0, 500)}`;
  assert.ok(response.status >= 400, about);
  assert.match(response.headers.get("content-type") ?? "", /^application\/json\b/, about);
  return { status: response.status, ...checkShape(JSON.parse(text), about) };
}

/** Checks a parsed body for exactly the shape of OpenAI's errors. */
export function checkShape(body: unknown, about: string): Omit<SeenError, "status"> {
  assert.ok(isObject(body) && isObject(body.error), about);
  assert.deepEqual(Object.keys(body), ["error"], about);
  assert.deepEqual(Object.keys(body.error).sort(), ["code", "message", "param", "type"], about);
  const { message, type } = body.error;
  assert.ok(typeof message === "string" && message !== "", about);
  assert.ok(typeof type === "string" && type !== "", about);
  return {
    message,
    type,
    param: optionalText(body.error, "param", about),
    code: optionalText(body.error, "code", about),
  };
}

function optionalText(error: JsonObject, name: string, about: string): string | null {
  const value = error[name];
  assert.ok(value === null || typeof value === "string", about);
  return value;
}
