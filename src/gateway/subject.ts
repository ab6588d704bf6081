import type { Variables } from "../cel/expression.ts";
import { GatewayError } from "../errors.ts";
import { withoutConnections } from "../lib/connection_headers.ts";
import { hostnameOf, type RequestHead } from "../lib/request_head.ts";
import type {
  AnswerHead,
  Consumption,
  HeadChanges,
  Identity,
  Subject,
} from "../policies/subject.ts";

interface SubjectOptions {
  readonly head: RequestHead;
  readonly peer: string;
  readonly signal: AbortSignal;
  /** Reads the whole body, within the limit of the configuration or a lower one, in bytes. */
  readonly readBody: (bytesMax: number | undefined) => Promise<Uint8Array<ArrayBuffer>>;
  readonly variablesOf: (subject: RequestSubject) => Variables;
}

/** A request as its policies see it; owns its body, and what is to be done when it is answered. */
export class RequestSubject implements Subject {
  readonly peer: string;
  readonly signal: AbortSignal;
  readonly identity: Identity = {};
  readonly #options: SubjectOptions;
  readonly #edits: ((answer: AnswerHead) => void)[] = [];
  readonly #changes: ((response: Response) => Response | Promise<Response>)[] = [];
  readonly #settlers: ((consumption: Consumption) => void)[] = [];
  #head: RequestHead;
  #headersAreOurs = false;
  /** Whether they have to be as they are once a target's policies are undone. */
  #headersAreKept = false;
  #undo: (() => void) | undefined;
  #rewrittenHost: string | undefined;
  #body: Promise<Uint8Array<ArrayBuffer>> | undefined;
  /** As the client sent it. */
  #received: Promise<Uint8Array<ArrayBuffer>> | undefined;
  #bytes: Uint8Array<ArrayBuffer> | undefined;
  #receivedBytes: Uint8Array<ArrayBuffer> | undefined;
  #variables: Variables | undefined;

  constructor(options: SubjectOptions) {
    this.#options = options;
    this.#head = options.head;
    this.peer = options.peer;
    this.signal = options.signal;
  }

  get head(): RequestHead {
    return this.#head;
  }

  get variables(): Variables {
    return this.#variables ??= this.#options.variablesOf(this);
  }

  /** Whether the headers are other than the client sent them. */
  get hasEditedHeaders(): boolean {
    return this.#headersAreOurs;
  }

  /** Whether the body has been read, so that its stream has nothing more to give. */
  get hasReadBody(): boolean {
    return this.#body !== undefined;
  }

  editHeaders(edit: (headers: Headers) => void): void {
    if (!this.#headersAreOurs || this.#headersAreKept) {
      this.#head = { ...this.#head, headers: withoutConnections(this.#head.headers) };
      this.#headersAreOurs = true;
      this.#headersAreKept = false;
    }
    edit(this.#head.headers);
  }

  rewrite(changes: HeadChanges): void {
    const { authority = this.#head.authority } = changes;
    this.#head = { ...this.#head, ...changes, hostname: hostnameOf(authority) };
    if (changes.authority !== undefined) this.#rewrittenHost = changes.authority;
  }

  /** The host that the upstream is told, where it is not its own. */
  get rewrittenHost(): string | undefined {
    return this.#rewrittenHost;
  }

  body(bytesMax?: number): Promise<Uint8Array<ArrayBuffer>> {
    return this.#body ??= this.#received = this.#options.readBody(bytesMax)
      .then((bytes) => this.#bytes = this.#receivedBytes = bytes);
  }

  replaceBody(bytes: Uint8Array<ArrayBuffer>): void {
    this.#bytes = bytes;
    this.#body = Promise.resolve(bytes);
  }

  /** The body, where it has been read. */
  get readBytes(): Uint8Array<ArrayBuffer> | undefined {
    return this.#bytes;
  }

  onAnswer(edit: (answer: AnswerHead) => void): void {
    this.#edits.push(edit);
  }

  onResponse(change: (response: Response) => Response | Promise<Response>): void {
    this.#changes.push(change);
  }

  onSettled(settle: (consumption: Consumption) => void): void {
    this.#settlers.push(settle);
  }

  /** Has something done to it that is for one target only; `undo` takes that back. */
  async forTarget<Value>(act: () => Promise<Value>): Promise<Value> {
    const head = this.#head, areOurs = this.#headersAreOurs, host = this.#rewrittenHost;
    const body = this.#body, bytes = this.#bytes, identity = { ...this.identity };
    const edits = this.#edits.length, changes = this.#changes.length;
    this.#headersAreKept = true;
    try {
      return await act();
    } finally {
      const ownEdits = this.#edits.length - edits, ownChanges = this.#changes.length - changes;
      this.#undo = () => {
        this.#head = head;
        this.#headersAreOurs = areOurs;
        this.#headersAreKept = true;
        this.#rewrittenHost = host;
        this.#body = body ?? this.#received;
        this.#bytes = bytes ?? this.#receivedBytes;
        for (const key of OF_IDENTITY) delete this.identity[key];
        Object.assign(this.identity, identity);
        this.#edits.splice(edits, ownEdits);
        this.#changes.splice(changes, ownChanges);
      };
    }
  }

  /** Takes back what was done for a target that failed, lest it be done for the next one. */
  undo(): void {
    this.#undo?.();
    this.#undo = undefined;
  }

  /** Whether an answer stays as it is. */
  get leavesAnswer(): boolean {
    return this.#edits.length === 0 && this.#changes.length === 0;
  }

  /** The answer as the policies want it. */
  async answered(response: Response): Promise<Response> {
    let changed = response;
    try {
      // Who came last on the way in comes first on the way out.
      for (const change of this.#changes.toReversed()) changed = await change(changed);
      return this.edited(changed);
    } catch (cause) {
      await abandon(changed, cause);
      throw cause;
    }
  }

  /** The answer with the edits of its head alone. */
  edited(response: Response): Response {
    if (this.#edits.length === 0) return response;
    const answer = { status: response.status, headers: response.headers };
    for (const edit of this.#edits) edit(answer);
    if (answer.status === response.status) return response;
    return new Response(response.body, answer);
  }

  /** Tells those who want to know what the request consumed. */
  settled(consumption: () => Consumption, failed: (cause: unknown) => void): void {
    if (this.#settlers.length === 0) return;
    const consumed = consumption();
    for (const settle of this.#settlers) {
      try {
        settle(consumed);
      } catch (cause) {
        failed(cause);
      }
    }
  }
}

const OF_IDENTITY = [
  "jwt",
  "apiKey",
  "presentedKey",
  "basicAuth",
  "extauthz",
  "metadata",
] as const satisfies readonly (keyof Identity)[];

/** Nobody reads an answer that could not be changed; its upstream is told so. */
async function abandon({ body }: Response, cause: unknown): Promise<void> {
  if (body === null || body.locked) return;
  const reason = cause instanceof GatewayError
    ? cause
    : new GatewayError("internal", "", { cause });
  await body.cancel(reason).catch(() => {});
}
