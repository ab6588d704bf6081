import protobuf from "protobufjs";
import { GrpcRefusal, GrpcServer } from "./grpc_server.ts";

/** What a gateway asks, as the server reads it. */
export interface RateLimitQuestion {
  readonly domain: string;
  readonly descriptors: readonly {
    readonly entries: readonly { readonly key: string; readonly value: string }[];
    readonly limit?: { readonly requestsPerUnit: number; readonly unit: string };
    readonly hitsAddend?: { readonly value: number };
  }[];
  readonly hitsAddend: number;
}

/** What a server answers, by the names of the protocol; bytes are sent as they are. */
export type RateLimitReply = Readonly<Record<string, unknown>> | Uint8Array;

type Decide = (
  question: RateLimitQuestion,
  gone: AbortSignal,
) => RateLimitReply | Promise<RateLimitReply>;

/** The part of Envoy's protocol that is spoken here. */
const { root } = protobuf.parse(`
  syntax = "proto3";
  message HeaderValue { string key = 1; string value = 2; bytes raw_value = 3; }
  message Duration { int64 seconds = 1; int32 nanos = 2; }
  message UInt64Value { uint64 value = 1; }
  enum Unit { UNKNOWN = 0; SECOND = 1; MINUTE = 2; HOUR = 3; DAY = 4; MONTH = 5; YEAR = 6; }
  message Entry { string key = 1; string value = 2; }
  message RateLimitOverride { uint32 requests_per_unit = 1; Unit unit = 2; }
  message RateLimitDescriptor {
    repeated Entry entries = 1;
    RateLimitOverride limit = 2;
    UInt64Value hits_addend = 3;
  }
  message RateLimitRequest {
    string domain = 1;
    repeated RateLimitDescriptor descriptors = 2;
    uint32 hits_addend = 3;
  }
  enum Code { NOT_KNOWN = 0; OK = 1; OVER_LIMIT = 2; }
  message RateLimit { uint32 requests_per_unit = 1; Unit unit = 2; string name = 3; }
  message DescriptorStatus {
    Code code = 1;
    RateLimit current_limit = 2;
    uint32 limit_remaining = 3;
    Duration duration_until_reset = 4;
  }
  message RateLimitResponse {
    Code overall_code = 1;
    repeated DescriptorStatus statuses = 2;
    repeated HeaderValue response_headers_to_add = 3;
    repeated HeaderValue request_headers_to_add = 4;
    bytes raw_body = 5;
  }
`);

const Question = root.lookupType("RateLimitRequest");
const Reply = root.lookupType("RateLimitResponse");

/** The bytes of a reply, by the names of the protocol. */
export function rateLimitReply(reply: Readonly<Record<string, unknown>>): Uint8Array {
  const problem = Reply.verify(reply);
  if (problem !== null) throw new Error(problem);
  return Reply.encode(Reply.fromObject({ ...reply })).finish();
}

/** What bytes ask. */
export function rateLimitQuestion(bytes: Uint8Array): RateLimitQuestion {
  const question = Question.toObject(Question.decode(bytes), { enums: String, longs: Number });
  return { domain: "", descriptors: [], hitsAddend: 0, ...question };
}

/** A rate limit service that takes no question that Envoy would not ask. */
export async function rateLimitServer(
  decide: Decide,
  options: { readonly port?: number } = {},
): Promise<GrpcServer & { readonly questions: readonly RateLimitQuestion[] }> {
  const questions: RateLimitQuestion[] = [];
  const server = await GrpcServer.listen(METHOD, async (message, { gone }) => {
    const question = rateLimitQuestion(message);
    check(question);
    questions.push(question);
    const reply = await decide(question, gone);
    return reply instanceof Uint8Array ? reply : rateLimitReply(reply);
  }, options);
  return Object.assign(server, { questions });
}

const METHOD = "/envoy.service.ratelimit.v3.RateLimitService/ShouldRateLimit";

function check({ domain, descriptors }: RateLimitQuestion): void {
  if (domain === "") throw new GrpcRefusal("rate limit domain must not be empty");
  if (descriptors.length === 0) throw new GrpcRefusal("rate limit descriptor list is empty");
  for (const { entries = [] } of descriptors) {
    if (entries.length === 0) throw new GrpcRefusal("a descriptor has no entries");
    if (entries.some(({ key = "", value = "" }) => key === "" || value === "")) {
      throw new GrpcRefusal("an entry is empty");
    }
  }
}
