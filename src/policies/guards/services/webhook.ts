import type { Expression } from "../../../cel/expression.ts";
import { isMapping, type Mapping } from "../../../lib/mapping.ts";
import type { Callout } from "../../callout.ts";
import { headerValues, textOf, valueOf } from "../../expression_values.ts";
import type { Guard, GuardContext, GuardedText } from "../guard.ts";
import { ask, unexpected } from "./ask.ts";
import {
  PASS,
  serviceGuard,
  type ServiceJudgement,
  type ServiceSettings,
} from "./service_guard.ts";

/** A server of the operator's own that judges texts. */
export interface WebhookSettings extends ServiceSettings {
  readonly callout: Callout;
  readonly headers: readonly NamedExpression[];
  /** Headers to pass on, where their value is as wanted. */
  readonly forwarded: readonly ForwardedHeader[];
  readonly timeoutMs?: number | undefined;
}

/** The value of a header, or of `:path`, `:method` or `:authority`. */
export interface NamedExpression {
  readonly name: string;
  readonly expression: Expression;
}

/** A header that is passed on. */
export interface ForwardedHeader {
  readonly name: string;
  isWanted(value: string): boolean;
}

/** Asks a webhook, by the protocol of the reference. */
export function webhookGuard(settings: WebhookSettings): Guard {
  const { callout, timeoutMs } = settings;
  return serviceGuard(settings, async (texts, context) => {
    const { phase, signal } = context;
    const head = headOf(settings, context);
    const reply = await ask(callout, { ...head, body: bodyOf(phase, texts), signal, timeoutMs });
    const action = isMapping(reply) ? reply["action"] : undefined;
    if (!isMapping(action)) throw unexpected("action");
    return judgementOf(action, phase, texts.length);
  });
}

function bodyOf(phase: GuardContext["phase"], texts: readonly GuardedText[]) {
  const messages = texts.map(({ role, text }) => ({ role, content: text }));
  return phase === "request"
    ? { body: { messages } }
    : { body: { choices: messages.map((message) => ({ message })) } };
}

interface Head {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What the call is made with; a value that an expression does not have is left out. */
function headOf({ headers: named, forwarded }: WebhookSettings, context: GuardContext): Head {
  const headers: Record<string, string> = {};
  for (const { name, isWanted } of forwarded) {
    const value = context.headers.get(name);
    if (value !== null && isWanted(value)) headers[name.toLowerCase()] = value;
  }
  let method = "POST";
  let path = `/${context.phase}`;
  for (const { name, expression } of named) {
    const value = valueOf(expression, context.variables);
    const text = textOf(value);
    if (name === ":method") method = isMethod(text) ? text : method;
    else if (name === ":path") path = isPath(text) ? text : path;
    else {
      const joined = headerValues(value)?.join(", ");
      if (joined !== undefined) {
        headers[name === ":authority" ? "host" : name.toLowerCase()] = joined;
      }
    }
  }
  return { method, path, headers };
}

function isMethod(text: string | undefined): text is string {
  return text !== undefined && /^[A-Z]+$/.test(text);
}

function isPath(text: string | undefined): text is string {
  return text !== undefined && /^\/[\x21-\x7e]*$/.test(text);
}

function judgementOf(
  action: Mapping,
  phase: GuardContext["phase"],
  count: number,
): ServiceJudgement {
  const { body, status_code: status } = action;
  if (isMapping(body)) return { type: "mask", texts: maskedTexts(body, phase, count) };
  if (typeof body === "string" && isStatus(status)) {
    return { type: "reject", rejection: { status, body } };
  }
  // Half a rejection must not let pass what it was meant to stop.
  if (body !== undefined || status !== undefined) throw unexpected("body and status_code");
  return PASS;
}

function isStatus(status: unknown): status is number {
  return typeof status === "number" && Number.isInteger(status) && status >= 200 && status < 600;
}

function maskedTexts(
  body: Mapping,
  phase: GuardContext["phase"],
  count: number,
): readonly string[] {
  const [name, list] = phase === "request"
    ? ["messages", body["messages"]]
    : ["choices", body["choices"]];
  if (!Array.isArray(list) || list.length !== count) throw unexpected(`${name}, ${count} of them,`);
  return list.map((item: unknown) => {
    const message = phase === "request" || !isMapping(item) ? item : item["message"];
    const content = isMapping(message) ? message["content"] : undefined;
    if (typeof content !== "string") throw unexpected("content");
    return content;
  });
}
