import { GatewayError } from "../errors.ts";

/** `fetch` cannot send these; saying so beats dropping a body or failing without a reason. */
export function checkMethod({ method, body }: Request): void {
  if (/^(connect|trace|track)$/i.test(method)) throw methodNotAllowed(method);
  if (/^(get|head)$/i.test(method) && body !== null) {
    throw new GatewayError("invalid-request", `a ${method} request must not have a body`, {
      code: "unexpected_body",
    });
  }
}

/** The refusal of a method, naming the one that would do if there is one. */
export function methodNotAllowed(method: string, allow?: string): GatewayError {
  return new GatewayError("method-not-allowed", `method not allowed: ${method}`, {
    code: "method_not_allowed",
    ...(allow === undefined ? {} : { headers: { allow } }),
  });
}
