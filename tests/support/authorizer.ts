import assert from "node:assert/strict";
import protobuf from "protobufjs";
import type { Callout } from "../../src/policies/callout.ts";
import { GrpcServer } from "./grpc_server.ts";
import type { ReceivedRequest } from "./http_request.ts";
import { type Exchange, SocketHttpServer } from "./http_server.ts";

/** What an HTTP authorizer answers; a function does as it likes with the exchange. */
export type HttpVerdict =
  | { readonly status: number; readonly headers?: HeadersInit; readonly body?: string }
  | ((exchange: Exchange) => void | Promise<void>);

/** An authorizer over HTTP, and a way to it. */
export interface HttpAuthorizer extends AsyncDisposable {
  readonly server: SocketHttpServer;
  readonly callout: Callout;
  readonly requests: readonly ReceivedRequest[];
}

/** Listens for checks over HTTP. */
export async function httpAuthorizer(
  decide: (request: ReceivedRequest) => HttpVerdict,
): Promise<HttpAuthorizer> {
  const requests: ReceivedRequest[] = [];
  const server = await SocketHttpServer.listen((exchange) => {
    requests.push(exchange.request);
    const verdict = decide(exchange.request);
    if (typeof verdict === "function") return verdict(exchange);
    exchange.respond(verdict.status, verdict.headers ?? {}, verdict.body ?? "");
  });
  return {
    server,
    requests,
    callout: calloutOver(`http://127.0.0.1:${server.port}`),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** A way to a server over the runtime's own client. */
export function calloutOver(origin: string): Callout {
  return ({ path, method, headers, body, signal }) =>
    fetch(origin + path, { method, headers, body, signal, redirect: "manual" });
}

/** The part of Envoy's protocol that is spoken here. */
const { root } = protobuf.parse(`
  syntax = "proto3";
  message Value {
    oneof kind {
      int32 null_value = 1;
      double number_value = 2;
      string string_value = 3;
      bool bool_value = 4;
      Struct struct_value = 5;
      ListValue list_value = 6;
    }
  }
  message ListValue { repeated Value values = 1; }
  message Struct { map<string, Value> fields = 1; }
  message SocketAddress { string address = 2; uint32 port_value = 3; }
  message Address { SocketAddress socket_address = 1; }
  message Peer { Address address = 1; }
  message Timestamp { int64 seconds = 1; int32 nanos = 2; }
  message HttpRequest {
    string id = 1;
    string method = 2;
    map<string, string> headers = 3;
    string path = 4;
    string host = 5;
    string scheme = 6;
    int64 size = 9;
    string protocol = 10;
    string body = 11;
    bytes raw_body = 12;
  }
  message Request { Timestamp time = 1; HttpRequest http = 2; }
  message Metadata { map<string, Struct> filter_metadata = 1; }
  message AttributeContext {
    Peer source = 1;
    Request request = 4;
    map<string, string> context_extensions = 10;
    Metadata metadata_context = 11;
  }
  message CheckRequest { AttributeContext attributes = 1; }
  message Status { int32 code = 1; string message = 2; }
  message HeaderValue { string key = 1; string value = 2; bytes raw_value = 3; }
  message BoolValue { bool value = 1; }
  message HeaderValueOption {
    HeaderValue header = 1;
    BoolValue append = 2;
    int32 append_action = 3;
  }
  message HttpStatus { int32 code = 1; }
  message DeniedHttpResponse {
    HttpStatus status = 1;
    repeated HeaderValueOption headers = 2;
    string body = 3;
  }
  message QueryParameter { string key = 1; string value = 2; }
  message OkHttpResponse {
    repeated HeaderValueOption headers = 2;
    repeated string headers_to_remove = 5;
    repeated HeaderValueOption response_headers_to_add = 6;
    repeated QueryParameter query_parameters_to_set = 7;
    repeated string query_parameters_to_remove = 8;
  }
  message CheckResponse {
    Status status = 1;
    oneof http_response {
      DeniedHttpResponse denied_response = 2;
      OkHttpResponse ok_response = 3;
    }
    Struct dynamic_metadata = 4;
  }
`);

const Question = root.lookupType("CheckRequest");
const Reply = root.lookupType("CheckResponse");

/** A message of the protocol, by its names. */
export type Message = Readonly<Record<string, unknown>>;

/** What bytes ask; numbers of 64 bits are numbers, and maps are plain objects. */
export function checkQuestion(bytes: Uint8Array): Message {
  return Question.toObject(Question.decode(bytes), { longs: Number, bytes: Array });
}

/** The bytes of a reply. */
export function checkReply(reply: Message): Uint8Array {
  const problem = Reply.verify(reply);
  if (problem !== null) throw new Error(problem);
  return Reply.encode(Reply.fromObject({ ...reply })).finish();
}

/** An authorizer over gRPC, with what it was asked. */
export async function grpcAuthorizer(
  decide: (
    question: Message,
    gone: AbortSignal,
  ) => Message | Uint8Array | Promise<Message | Uint8Array>,
): Promise<GrpcServer & { readonly questions: readonly Message[] }> {
  const questions: Message[] = [];
  const server = await GrpcServer.listen(METHOD, async (message, { gone }) => {
    const question = checkQuestion(message);
    assert.ok(question["attributes"] !== undefined, "a check is about a request");
    questions.push(question);
    const reply = await decide(question, gone);
    return reply instanceof Uint8Array ? reply : checkReply(reply);
  });
  return Object.assign(server, { questions });
}

const METHOD = "/envoy.service.auth.v3.Authorization/Check";
