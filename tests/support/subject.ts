import type { Variables } from "../../src/cel/expression.ts";
import { requestHead } from "../../src/lib/request_head.ts";
import type { AnswerHead, Consumption, Identity, Subject } from "../../src/policies/subject.ts";

/** A request for policies to look at, with what they did to it. */
export interface TestSubject extends Subject {
  /** Runs what policies want done to an answer, in their order. */
  answer(response: Response): Promise<Response>;
  /** Ends the request. */
  settle(consumption?: Partial<Consumption>): void;
  /** The body as policies left it. */
  bodyText(): Promise<string>;
  /** Aborts the request. */
  abort(reason: unknown): void;
}

/** A subject of its own for a request; `variables` are laid over those of the request. */
export function subjectOf(
  request: Request | string = "http://gateway.test/v1/chat/completions",
  variables: Variables = {},
): TestSubject {
  const received = typeof request === "string" ? new Request(request) : request;
  const identity: Identity = {};
  const controller = new AbortController();
  const edits: ((answer: AnswerHead) => void)[] = [];
  const changes: ((response: Response) => Response | Promise<Response>)[] = [];
  const settlers: ((consumption: Consumption) => void)[] = [];
  let head = requestHead(received);
  let bytes: Promise<Uint8Array<ArrayBuffer>> | undefined;
  const read = () => bytes ??= received.arrayBuffer().then((buffer) => new Uint8Array(buffer));
  return {
    get head() {
      return head;
    },
    peer: "127.0.0.1:1234",
    signal: controller.signal,
    identity,
    get variables() {
      const headers = Object.fromEntries(head.headers);
      const shown = { method: head.method, path: head.path, host: head.authority, headers };
      return { request: shown, ...identity, ...variables };
    },
    editHeaders(edit) {
      const headers = new Headers(head.headers);
      edit(headers);
      head = { ...head, headers };
    },
    rewrite(given) {
      head = { ...head, ...given };
    },
    body: read,
    replaceBody(replaced) {
      bytes = Promise.resolve(replaced);
    },
    onAnswer: (edit) => void edits.push(edit),
    onResponse: (change) => void changes.push(change),
    onSettled: (settle) => void settlers.push(settle),
    answer: (response) => answered(response, changes, edits),
    settle(consumption = {}) {
      const nothing = { answered: true, status: 200, usage: undefined, costUsd: undefined };
      for (const settle of settlers) settle({ ...nothing, variables: {}, ...consumption });
    },
    bodyText: async () => new TextDecoder().decode(await read()),
    abort: (reason) => controller.abort(reason),
  };
}

async function answered(
  response: Response,
  changes: readonly ((response: Response) => Response | Promise<Response>)[],
  edits: readonly ((answer: AnswerHead) => void)[],
): Promise<Response> {
  let changed = response;
  for (const change of changes) changed = await change(changed);
  const answer = { status: changed.status, headers: new Headers(changed.headers) };
  for (const edit of edits) edit(answer);
  return new Response(changed.body, answer);
}
