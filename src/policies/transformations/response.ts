import type { Variables } from "../../cel/expression.ts";
import { responseVariable } from "../../cel/variables.ts";
import { GatewayError } from "../../errors.ts";
import {
  type ContentCoding,
  contentCoding,
  decodeBody,
  DecodedTooLarge,
} from "../../lib/content_coding.ts";
import { looksAtBody } from "../expression_values.ts";
import { gatherBody } from "../gather_body.ts";
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
      return gather(response, bodyBytesMax, subject.signal).then(({ received, decoded }) => {
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
  const { status } = answer;
  const response = responseVariable({ status, headers: answer.headers, body: () => body });
  const others = Object.getOwnPropertyDescriptors(variables);
  return Object.create(Object.getPrototypeOf(variables), {
    ...others,
    response: { value: response, enumerable: true },
  });
}

async function gather({ headers, body }: Response, bytesMax: number, signal: AbortSignal) {
  const named = headers.get("content-encoding");
  const coding = contentCoding(named);
  if (body === null) return { received: undefined, decoded: new Uint8Array(0) };
  if (coding === null) throw await ended(body, `its content encoding ${named} is unknown`);
  const gathered = await gatherBody(body, bytesMax, signal);
  if (!gathered.isWhole) throw await ended(gathered.reader, tooLarge(bytesMax));
  const { bytes } = gathered;
  return { received: bytes, decoded: await decoded(bytes, coding, bytesMax) };
}

/** Why a response cannot be transformed, told to its upstream, too. */
async function ended(
  body: Pick<ReadableStream, "cancel">,
  reason: string,
): Promise<GatewayError> {
  const error = failed(reason);
  await body.cancel(error).catch(() => {});
  return error;
}

function tooLarge(bytesMax: number): string {
  return `it is larger than ${bytesMax} bytes (setting frontendPolicies.http.maxBufferSize)`;
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
    throw failed(
      cause instanceof DecodedTooLarge ? tooLarge(bytesMax) : `it is no ${coding}`,
      cause,
    );
  }
}

function failed(reason: string, cause?: unknown): GatewayError {
  const message = `cannot transform the response: ${reason}`;
  return new GatewayError("upstream-invalid", message, { code: "response_not_transformed", cause });
}
