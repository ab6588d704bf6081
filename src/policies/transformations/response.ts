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

/** Readies a transformation of responses, to be put on each request. */
export function responseTransformer(
  transform: Transform,
  bodyBytesMax: number,
): (subject: Subject) => void {
  const needsBody = looksAtBody(expressionsOf(transform), "response");
  if (!needsBody && transform.body === undefined) {
    return (subject) => subject.onAnswer((answer) => void edit(transform, subject, answer));
  }
  return (subject) =>
    subject.onResponse(async (response) => {
      const answer = { status: response.status, headers: new Headers(response.headers) };
      if (!needsBody) {
        const body = edit(transform, subject, answer);
        await drain(response);
        return answered(answer, body);
      }
      const { received, decoded } = await gather(response, bodyBytesMax);
      return answered(answer, edit(transform, subject, answer, decoded) ?? received);
    });
}

function answered(answer: AnswerHead, body: Uint8Array<ArrayBuffer> | undefined): Response {
  const isBodiless = answer.status === 204 || answer.status === 205 || answer.status === 304;
  return new Response(isBodiless ? null : body, answer);
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
