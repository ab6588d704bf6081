import type { Variables } from "../../cel/expression.ts";
import { GatewayError } from "../../errors.ts";
import {
  type ContentCoding,
  contentCoding,
  decodeBody,
  DecodedTooLarge,
} from "../../lib/content_coding.ts";
import { isMapping, type Mapping } from "../../lib/mapping.ts";
import { BodyTooLarge, declaredLength, readBody } from "../../lib/read_body.ts";
import { looksAtBody } from "../expression_values.ts";
import type { AnswerHead, Subject } from "../subject.ts";
import { addMetadata } from "./request.ts";
import { changesOf, editHeaders, expressionsOf, type Transform } from "./transform.ts";

/**
 * Readies a transformation of responses, to be put on each request. It makes the whole answer anew,
 * so that what edits its head, such as CORS, comes after it.
 */
export function responseTransformer(
  transform: Transform,
  bodyBytesMax: number,
): (subject: Subject) => void {
  const needsBody = looksAtBody(expressionsOf(transform), "response");
  return (subject) =>
    subject.onResponse((response) => {
      const answer = { status: response.status, headers: new Headers(response.headers) };
      if (!needsBody) return replaced(response, answer, edit(transform, subject, answer));
      return gather(response, bodyBytesMax).then(({ received, decoded }) => {
        const body = edit(transform, subject, answer, decoded) ?? received;
        return new Response(isBodiless(answer) ? null : body, answer);
      });
    });
}

function isBodiless({ status }: AnswerHead): boolean {
  return status === 204 || status === 205 || status === 304;
}

/** The answer with another head, and with another body if there is to be one. */
function replaced(
  response: Response,
  answer: AnswerHead,
  body: Uint8Array<ArrayBuffer> | undefined,
): Response | Promise<Response> {
  const keepsBody = body === undefined && !(isBodiless(answer) && response.body !== null);
  if (keepsBody) return new Response(response.body, answer);
  return drain(response).then(() => new Response(isBodiless(answer) ? null : body, answer));
}

/** What is not read to its end is not metered. */
async function drain({ body }: Response): Promise<void> {
  for await (const _ of body ?? []);
}

/** Edits the head, and gives the new body if there is to be one. */
function edit(
  transform: Transform,
  subject: Subject,
  answer: AnswerHead,
  body?: Uint8Array,
): Uint8Array<ArrayBuffer> | undefined {
  const { identity } = subject;
  addMetadata(transform, { identity, variables: withResponse(subject.variables, answer, body) });
  const changes = changesOf(transform, withResponse(subject.variables, answer, body));
  editHeaders(answer.headers, changes, (_, value) => {
    if (/^[2-5]\d\d$/.test(value)) answer.status = Number(value);
  });
  return changes.body;
}

/** What expressions see, with the answer as it is here; all else stays as lazy as it is. */
function withResponse(variables: Variables, answer: AnswerHead, body?: Uint8Array): Variables {
  const { response } = variables;
  if (isMapping(response) && body === undefined) return variables;
  const shown = isMapping(response) ? response : { code: answer.status, headers: answer.headers };
  if (body === undefined) return extended(variables, { response: shown });
  return extended(variables, { response: extended(shown, { body, bodyPrefix: body }) });
}

/** A copy with more members, for which no getter is run. */
function extended(object: Mapping, members: Mapping): Mapping {
  const own = { ...Object.getOwnPropertyDescriptors(object) };
  const more = Object.getOwnPropertyDescriptors(members);
  return Object.create(Object.getPrototypeOf(object), { ...own, ...more });
}

async function gather(response: Response, bytesMax: number) {
  const named = response.headers.get("content-encoding");
  const coding = contentCoding(named);
  try {
    if (coding === null) throw failed(`its content encoding ${named} is unknown`);
    const received = await readBody(response, declaredLength(response.headers), bytesMax);
    return { received, decoded: await decoded(received, coding, bytesMax) };
  } catch (cause) {
    await response.body?.cancel().catch(() => {});
    if (!(cause instanceof BodyTooLarge || cause instanceof DecodedTooLarge)) throw cause;
    const setting = "setting frontendPolicies.http.maxBufferSize";
    throw failed(`it is larger than ${bytesMax} bytes (${setting})`, cause);
  }
}

async function decoded(
  received: Uint8Array<ArrayBuffer>,
  coding: ContentCoding | "identity",
  bytesMax: number,
): Promise<Uint8Array> {
  if (coding === "identity") return received;
  try {
    return await decodeBody(received, coding, bytesMax);
  } catch (cause) {
    if (cause instanceof DecodedTooLarge) throw cause;
    throw failed(`it is no ${coding}`, cause);
  }
}

function failed(reason: string, cause?: unknown): GatewayError {
  const message = `cannot transform the response: ${reason}`;
  return new GatewayError("upstream-invalid", message, { code: "response_not_transformed", cause });
}
