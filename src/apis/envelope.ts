import { GatewayError } from "../errors.ts";
import type { JsonObject } from "./api.ts";
import { booleanIn } from "./fields.ts";

/** Checks that a request names its model, by which it is routed. */
export function checkModel(request: JsonObject): void {
  if (typeof request.model === "string") return;
  throw new GatewayError("invalid-request", "missing field: model not specified", {
    code: "missing_model",
    param: "model",
  });
}

/** Checks that a request says whether the answer is to be streamed, or leaves it out. */
export function checkStream(request: JsonObject): void {
  booleanIn(request, "stream");
}
