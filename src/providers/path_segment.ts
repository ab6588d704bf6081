import { GatewayError } from "../errors.ts";

/**
 * A model's name as one segment of a path.
 *
 * Names come from clients: none may choose another path, add a query, or go up a level.
 */
export function pathSegment(model: string): string {
  if (/^\.{0,2}$/.test(model)) {
    throw new GatewayError("invalid-request", "the model's name cannot be part of a path", {
      param: "model",
    });
  }
  return encodeURI(model.toWellFormed()).replace(/[/?#]/g, encodeURIComponent);
}
