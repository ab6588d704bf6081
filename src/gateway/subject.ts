import type { Variables } from "../cel/expression.ts";
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
  #rewrittenHost: string | undefined;
  #body: Promise<Uint8Array<ArrayBuffer>> | undefined;
  #bytes: Uint8Array<ArrayBuffer> | undefined;
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
    if (!this.#headersAreOurs) {
      this.#head = { ...this.#head, headers: new Headers(this.#head.headers) };
      this.#headersAreOurs = true;
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
    return this.#body ??= this.#options.readBody(bytesMax).then((bytes) => this.#bytes = bytes);
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

  /** Whether an answer stays as it is. */
  get leavesAnswer(): boolean {
    return this.#edits.length === 0 && this.#changes.length === 0;
  }

  /** The answer as the policies want it. */
  async answered(response: Response): Promise<Response> {
    let changed = response;
    // Who came last on the way in comes first on the way out.
    for (const change of this.#changes.toReversed()) changed = await change(changed);
    return this.edited(changed);
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
  settled(consumption: () => Consumption): void {
    if (this.#settlers.length === 0) return;
    const consumed = consumption();
    for (const settle of this.#settlers) settle(consumed);
  }
}
