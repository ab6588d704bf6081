import type { GrpcCaller } from "../../lib/grpc/channel.ts";
import { isMapping, type Mapping } from "../../lib/mapping.ts";
import { declaredLength } from "../../lib/read_body.ts";
import { looksAtBody, valueOf } from "../expression_values.ts";
import type { Subject } from "../subject.ts";
import { type BodyOptions, type Check, NoDecision } from "./check.ts";
import { type CheckQuestion, decodeDecision, encodeQuestion, METHOD } from "./grpc_messages.ts";
import type { NamedExpression } from "./http_check.ts";
import { PARTIAL_HEADER, sentBody } from "./sent_body.ts";

/** How a service is asked by Envoy's protocol. */
export interface GrpcCheckSettings {
  readonly caller: GrpcCaller;
  readonly timeoutMs: number;
  /** Texts that are the same for all requests. */
  readonly context: readonly (readonly [name: string, value: string])[];
  /** Values by name; those of a verified token without. */
  readonly metadata: readonly NamedExpression[] | undefined;
  /** Headers that the service gets, in lower case, with pseudo-headers; all without. */
  readonly forwarded: readonly string[] | undefined;
  readonly includeBody: (BodyOptions & { readonly packAsBytes: boolean }) | undefined;
  epochMs(): number;
}

/** Asks a service by Envoy's protocol. */
export function grpcCheck(settings: GrpcCheckSettings): Check {
  const { caller, timeoutMs, metadata = [] } = settings;
  return {
    needsBody: looksAtBody(metadata.map(({ expression }) => expression), "request"),
    ownedHeaders: [],
    async ask(subject) {
      const question = encodeQuestion(await questionOf(settings, subject));
      const { signal } = subject;
      try {
        return decodeDecision(await caller.call(METHOD, question, { signal, timeoutMs }));
      } catch (cause) {
        signal.throwIfAborted();
        throw new NoDecision(cause instanceof Error ? cause.message : String(cause), { cause });
      }
    },
  };
}

async function questionOf(settings: GrpcCheckSettings, subject: Subject): Promise<CheckQuestion> {
  const { includeBody, context, epochMs } = settings;
  const { head, peer } = subject;
  const sent = includeBody === undefined ? undefined : await sentBody(subject, includeBody);
  return {
    source: addressOf(peer),
    epochMs: epochMs(),
    id: head.headers.get("x-request-id") ?? "",
    method: head.method,
    headers: [
      ...headersOf(subject, settings.forwarded),
      ...sent === undefined ? [] : [[PARTIAL_HEADER, String(sent.isPartial)] as const],
    ],
    path: head.path + head.query,
    host: head.authority,
    scheme: head.scheme,
    sizeBytes: declaredLength(head.headers) ?? -1,
    body: sent?.bytes ?? new Uint8Array(),
    packAsBytes: includeBody?.packAsBytes ?? false,
    context,
    metadata: metadataOf(settings.metadata, subject),
  };
}

function headersOf(
  { head }: Subject,
  forwarded: readonly string[] | undefined,
): readonly (readonly [string, string])[] {
  const all: readonly (readonly [string, string])[] = [
    [":method", head.method],
    [":path", head.path + head.query],
    [":scheme", head.scheme],
    [":authority", head.authority],
    ...[...head.headers].filter(([name]) => name !== PARTIAL_HEADER),
  ];
  return forwarded === undefined ? all : all.filter(([name]) => forwarded.includes(name));
}

/** What Envoy's own check of tokens leaves for the service. */
const JWT_NAME = "envoy.filters.http.jwt_authn";

function metadataOf(
  metadata: readonly NamedExpression[] | undefined,
  { identity, variables }: Subject,
): readonly (readonly [string, Mapping])[] {
  if (metadata === undefined) {
    if (identity.jwt === undefined) return [];
    const { rawToken: _, ...claims } = identity.jwt;
    return [[JWT_NAME, { jwt_payload: claims }]];
  }
  return metadata.flatMap(({ name, expression }) => {
    const value = valueOf(expression, variables);
    return isMapping(value) ? [[name, value] as const] : [];
  });
}

function addressOf(peer: string): CheckQuestion["source"] {
  const [, ip = "", port = ""] = /^\[?([^\]]*?)\]?:(\d+)$/.exec(peer) ?? [];
  return { address: ip, port: Number(port) };
}
