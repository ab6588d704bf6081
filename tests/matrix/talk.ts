import assert from "node:assert/strict";
import type { Facts, LlmFacts } from "../../src/gateway/facts.ts";
import { until } from "../support/until.ts";
import type { Answer, ChatClient, ToldError, Wish } from "./chat_client.ts";
import type { Exception } from "./exceptions.ts";
import type { Matrix, MatrixProvider } from "./providers.ts";
import { sseEvents } from "./sse_events.ts";

/** Who talks to whom, and how answers come. */
export interface Pair {
  readonly client: ChatClient;
  readonly provider: MatrixProvider;
}

/** A client's talk with a provider through the gateway. */
export interface Talk extends Pair {
  readonly stream: boolean;
  /** The exceptions that were met. */
  readonly noted: Set<Exception>;
  /** Asks and must be answered. */
  ask(wish: Wish): Promise<Answered>;
  /** Asks and must be told of an error in place of an answer. */
  fail(wish: Wish): Promise<Failed>;
  /** Asks for a stream and must be told of an error in it. */
  failInStream(wish: Wish): Promise<FailedInStream>;
}

/** An answer with what else is known of its request. */
export interface Answered extends Answer {
  readonly llm: LlmFacts;
  /** What the translation could not carry; empty where all was carried. */
  readonly lost: string;
}

/** An error in place of an answer. */
export interface Failed {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
  readonly error: ToldError;
  readonly facts: Facts;
}

/** An error in a stream. */
export interface FailedInStream {
  readonly error: ToldError;
  readonly textBefore: string;
  readonly facts: Facts;
}

/** Opens a talk. */
export function openTalk(matrix: Matrix, pair: Pair, stream: boolean): Talk {
  const { client, provider } = pair;
  const send = (wish: Wish) => sent(matrix, pair, wish, stream);
  return {
    ...pair,
    stream,
    noted: new Set(),
    async ask(wish) {
      const { response, text, facts } = await send(wish);
      assert.equal(response.status, 200, text);
      const answer = stream ? wholeOf(client, text) : client.readWhole(JSON.parse(text));
      assertEnvelope(answer, response);
      const llm = llmOf(facts, pair);
      assert.equal(facts.ending, "finished");
      assert.equal(llm.usageSource, "provider");
      assert.deepEqual(matrix.standIns.flatMap(({ ignored }) => ignored), []);
      return { ...answer, llm, lost: response.headers.get("x-agentgateway-translation") ?? "" };
    },
    async fail(wish) {
      const { response, text, facts } = await send(wish);
      assert.match(response.headers.get("content-type") ?? "", /^application\/json/, text);
      const body: unknown = JSON.parse(text);
      const { status, headers } = response;
      assert.equal(facts.status, status);
      return { status, headers, body, error: client.readError(body), facts };
    },
    async failInStream(wish) {
      const { response, text, facts } = await send(wish);
      assert.equal(response.status, 200, text);
      const streamed = client.readStream(sseEvents(text));
      assert.ok("error" in streamed, `the stream ended well: ${text}`);
      assert.equal(llmOf(facts, { client, provider }).usageSource, "partial");
      return { ...streamed, facts };
    },
  };
}

async function sent({ gateway }: Matrix, { client, provider }: Pair, wish: Wish, stream: boolean) {
  const { path, body } = client.request(wish, { model: provider.name, stream });
  const settled = gateway.settled.length;
  const response = await gateway.ask(
    new Request(`http://gateway${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    }),
  );
  const text = await response.text();
  await until("the request has settled", () => gateway.settled.length > settled);
  const facts = gateway.settled.at(-1);
  assert.ok(facts !== undefined);
  return { response, text, facts };
}

function wholeOf(client: ChatClient, text: string): Answer {
  const streamed = client.readStream(sseEvents(text));
  assert.ok("answer" in streamed, `an error in the stream: ${text}`);
  return streamed.answer;
}

function assertEnvelope({ id, model }: Answer, { headers }: Response): void {
  assert.notEqual(id, "");
  assert.notEqual(model, "");
  const type = headers.get("content-type") ?? "";
  assert.match(type, /^(application\/json|text\/event-stream)/);
}

/** The client's API reaches a provider that speaks it as it is, and its first one otherwise. */
function llmOf({ llm }: Facts, { client, provider }: Pair): LlmFacts {
  assert.ok(llm !== undefined);
  assert.equal(llm.clientApi, client.name);
  assert.equal(llm.upstreamApi, calledApi({ client, provider }));
  return llm;
}

/** The API in which the provider is spoken to for a client. */
export function calledApi({ client, provider }: Pair): string {
  return provider.speaks.find((name) => name === client.name) ?? provider.speaks[0] ?? "";
}
