import { type ErrorDetails, type ErrorKind, GatewayError } from "../errors.ts";
import type { Reply } from "./policy.ts";

/** Refuses a request in the words of a service that was asked, and not in those of its API. */
export class Refusal extends GatewayError {
  /** The answer as it is; without one, the error speaks for itself. */
  readonly reply: Reply | undefined;

  constructor(kind: ErrorKind, message: string, details: ErrorDetails, reply?: Reply) {
    super(kind, message, reply === undefined ? details : { ...details, status: reply.status });
    this.reply = reply;
  }
}
