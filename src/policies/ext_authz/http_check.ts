import type { Expression, Variables } from "../../cel/expression.ts";
import { responseVariable } from "../../cel/variables.ts";
import { withDeadline } from "../../lib/deadline.ts";
import { declaredLength, readBody } from "../../lib/read_body.ts";
import type { Callout, CalloutRequest } from "../callout.ts";
import { bodyBytes, headerValues, looksAtBody, textOf, valueOf } from "../expression_values.ts";
import { isForeignHeader } from "../shared/foreign_headers.ts";
import type { Subject } from "../subject.ts";
import {
  type Allowed,
  type BodyOptions,
  type Check,
  type Decision,
  type Denied,
  NoDecision,
} from "./check.ts";
import { PARTIAL_HEADER, sentBody } from "./sent_body.ts";

/** How a service is asked by plain requests, of which 2xx allows. */
export interface HttpCheckSettings {
  readonly callout: Callout;
  readonly timeoutMs: number;
  /** Path and query; those of the client's request without. */
  readonly path: Expression | undefined;
  /** Where the client is sent when the service answers 401. */
  readonly redirect: Expression | undefined;
  /** In place of the client's body. */
  readonly body: Expression | undefined;
  /** Headers of the client's request that the service gets, in lower case. */
  readonly forwarded: readonly string[];
  readonly added: readonly NamedExpression[];
  /** Headers of its answer that the upstream gets, in lower case. */
  readonly returned: readonly string[];
  readonly metadata: readonly NamedExpression[];
  readonly includeBody: BodyOptions | undefined;
}

/** An expression with the name of what it gives a value. */
export interface NamedExpression {
  readonly name: string;
  readonly expression: Expression;
}

/** The longest body of an answer that a client gets. */
const ANSWER_BYTES_MAX = 1024 * 1024;

/** Asks a service by plain requests. */
export function httpCheck(settings: HttpCheckSettings): Check {
  const { callout, timeoutMs, path, redirect, body, added, metadata, returned } = settings;
  const named = [...added, ...metadata].map(({ expression }) => expression);
  const single = [path, redirect, body].filter((expression) => expression !== undefined);
  return {
    needsBody: looksAtBody([...named, ...single], "request"),
    ownedHeaders: returned,
    async ask(subject) {
      const request = await requestOf(settings, subject);
      const { signal } = subject;
      const answered = await withDeadline(signal, timeoutMs, async (signal) => {
        const response = await callout({ ...request, signal });
        return { response, body: await bodyOf(response) };
      }).catch((cause: unknown) => {
        signal.throwIfAborted();
        throw new NoDecision(cause instanceof Error ? cause.message : String(cause), { cause });
      });
      return decisionOf(settings, subject, answered);
    },
  };
}

const BODILESS: ReadonlySet<string> = new Set(["GET", "HEAD"]);

async function requestOf(
  settings: HttpCheckSettings,
  subject: Subject,
): Promise<Omit<CalloutRequest, "signal">> {
  const { head, variables } = subject;
  const headers: Record<string, string> = {};
  for (const name of settings.forwarded) {
    const value = head.headers.get(name);
    if (value !== null) headers[name] = value;
  }
  let { method } = head;
  let body: Uint8Array<ArrayBuffer> | undefined;
  if (settings.body !== undefined) {
    const value = valueOf(settings.body, variables);
    body = bodyBytes(value);
    if (isJson(value)) headers["content-type"] = "application/json";
    if (BODILESS.has(method)) method = "POST";
  } else if (settings.includeBody !== undefined && !BODILESS.has(method)) {
    const sent = await sentBody(subject, settings.includeBody);
    body = sent.bytes;
    headers[PARTIAL_HEADER] = String(sent.isPartial);
  }
  for (const { name, expression } of settings.added) {
    const values = headerValues(valueOf(expression, variables));
    if (values !== undefined) headers[name] = values.join(", ");
  }
  const path = pathOf(settings.path, subject);
  return { method, path, headers, body: body === undefined || body.length === 0 ? null : body };
}

function isJson(value: unknown): boolean {
  const isText = typeof value === "string" || value instanceof Uint8Array;
  return !isText && value !== undefined && value !== null;
}

function pathOf(expression: Expression | undefined, { head, variables }: Subject): string {
  if (expression === undefined) return head.path + head.query;
  const text = textOf(valueOf(expression, variables));
  if (text !== undefined && /^\/[\x21-\x7e]*$/.test(text)) return text;
  throw new NoDecision("the value of its path is no path");
}

/** Undefined where it is too long, or breaks off: the status is an answer all the same. */
async function bodyOf(response: Response): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    return await readBody(response, declaredLength(response.headers), ANSWER_BYTES_MAX);
  } catch {
    response.body?.cancel().catch(() => {});
    return undefined;
  }
}

interface Answered {
  readonly response: Response;
  readonly body: Uint8Array<ArrayBuffer> | undefined;
}

function decisionOf(
  settings: HttpCheckSettings,
  subject: Subject,
  { response, body }: Answered,
): Decision {
  const { status } = response;
  if (response.ok) return allowed(settings, subject, { response, body });
  if (status === 401 && settings.redirect !== undefined) {
    const location = headerValues(valueOf(settings.redirect, subject.variables))?.[0];
    if (location !== undefined && location !== "") return redirected(location);
  }
  const denied: Denied = {
    type: "denied",
    status,
    reply: body === undefined ? undefined : {
      status,
      headers: foreignHeaders(response.headers),
      body: status === 304 ? null : body,
    },
  };
  if (status < 500) return denied;
  throw new NoDecision(`the service answers with status ${status}`, { denied });
}

function redirected(location: string): Denied {
  return {
    type: "denied",
    status: 302,
    reply: { status: 302, headers: new Headers({ location }), body: null },
  };
}

function foreignHeaders(headers: Headers): Headers {
  const kept = new Headers();
  for (const [name, value] of headers) {
    if (isForeignHeader(name, value)) kept.append(name, value);
  }
  return kept;
}

function allowed(
  { returned, metadata }: HttpCheckSettings,
  subject: Subject,
  { response, body }: Answered,
): Allowed {
  const { status, headers } = response;
  const variables: Variables = Object.create(subject.variables, {
    response: { value: responseVariable({ status, headers, body: () => body }), enumerable: true },
  });
  const values = metadata.flatMap(({ name, expression }) => {
    const value = valueOf(expression, variables);
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    type: "allowed",
    removed: returned,
    headers: returned.flatMap((name) => {
      const value = headers.get(name);
      const isUsable = value !== null && isForeignHeader(name, value);
      return isUsable ? [{ name, value, how: "set" as const }] : [];
    }),
    answerHeaders: [],
    query: [],
    metadata: metadata.length === 0 ? undefined : Object.fromEntries(values),
  };
}
