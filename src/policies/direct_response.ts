import type { Expression } from "../cel/expression.ts";
import { bodyBytes, headerValues, looksAtBody, valueOf } from "./expression_values.ts";
import type { Policy, Reply } from "./policy.ts";
import type { Subject } from "./subject.ts";

/** An answer that is the same for all requests, but for what expressions make of it. */
export interface DirectResponseSettings {
  readonly status: number;
  readonly body: string | Uint8Array<ArrayBuffer> | Expression | undefined;
  readonly headers: readonly { readonly name: string; readonly expression: Expression }[];
}

/** Answers requests without any backend. */
export function directResponse(settings: DirectResponseSettings): Policy {
  const { body } = settings;
  const expressions = settings.headers.map(({ expression }) => expression);
  if (isExpression(body)) expressions.push(body);
  const needsBody = looksAtBody(expressions, "request");
  return {
    name: "directResponse",
    apply(subject) {
      if (!needsBody) return replyTo(settings, subject);
      return subject.body().then(() => replyTo(settings, subject));
    },
  };
}

function replyTo(
  { status, body, headers: named }: DirectResponseSettings,
  subject: Subject,
): Reply {
  const { variables } = subject;
  const headers = new Headers();
  for (const { name, expression } of named) {
    for (const value of headerValues(valueOf(expression, variables)) ?? []) {
      headers.append(name, value);
    }
  }
  const sent = isExpression(body) ? bodyBytes(valueOf(body, variables)) : body ?? null;
  // Without a type a browser would guess one, and could find a script in what a client sent.
  if (sent !== null && !headers.has("content-type")) {
    headers.set("content-type", body instanceof Uint8Array ? BYTES : TEXT);
  }
  return { status, headers, body: sent };
}

const TEXT = "text/plain; charset=utf-8";
const BYTES = "application/octet-stream";

function isExpression(body: DirectResponseSettings["body"]): body is Expression {
  return typeof body === "object" && "evaluate" in body;
}
