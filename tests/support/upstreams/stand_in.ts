import { type Exchange, SocketHttpServer } from "../http_server.ts";
import type { ReceivedRequest } from "../http_request.ts";
import { agent } from "./agent.ts";
import { OddWriter } from "./odd_writer.ts";
import { type Answer, answerOf, type Ask, type Fault, type Script } from "./scripts.ts";
import { pathText, type Step } from "./shapes.ts";

/** What all stand-ins take. */
export interface StandInOptions {
  /** What is done with a request for which `next` has left no script. */
  readonly script?: Script;
  /** The models there are; without it, all. */
  readonly models?: readonly string[];
  /** The longest body that is taken. */
  readonly bodyBytesMax?: number;
}

/** A request that has arrived. */
export interface UpstreamRecord {
  readonly method: string;
  /** As it was sent, percent signs and all. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Headers;
  /** The parsed body, or undefined when it is no JSON. */
  readonly body: unknown;
  readonly request: ReceivedRequest;
  readonly exchange: Exchange;
}

/** A request on its way through a provider's rules. */
export interface Call extends UpstreamRecord {
  /** Counts the requests of a stand-in from 1; ids are made of it. */
  readonly serial: number;
  /** Takes note of members that the provider passes over in silence. */
  readonly ignore: (paths: readonly (readonly Step[])[]) => void;
}

/** A whole answer. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** A piece of a stream; only content is paced, counted and cut. */
export interface Frame {
  readonly bytes: Uint8Array;
  readonly isContent: boolean;
}

/** A request that a provider's rules have let through, and how its answers are worded. */
export interface Asked {
  readonly ask: Ask;
  readonly stream: boolean;
  readonly whole: (answer: Answer) => Reply;
  readonly streamHeaders: Readonly<Record<string, string>>;
  readonly frames: (answer: Answer) => readonly Frame[];
  readonly faultFrames: (fault: Fault) => readonly Frame[];
}

/** What makes a stand-in the stand-in of one provider. */
export interface Dialect {
  /** Checks a request; a reply is a refusal, or an answer that is no chat. */
  readonly receive: (call: Call) => Asked | Reply | Promise<Asked | Reply>;
  /** The provider's error of that status. */
  readonly fault: (fault: Fault, call: Call) => Reply;
}

/** A server that speaks one provider's API as strictly as the provider does. */
export class StandIn implements AsyncDisposable {
  /** Every request, oldest first. */
  readonly records: UpstreamRecord[] = [];
  /** What was refused by a rule of the provider, without scripted errors. */
  readonly refusals: Reply[] = [];
  /** Members that the provider passed over, such as `messages.0.colour`. */
  readonly ignored: string[] = [];
  readonly #dialect: Dialect;
  readonly #options: StandInOptions;
  readonly #queue: Script[] = [];
  readonly #stepped = new EventTarget();
  #steps = 0;
  #server: SocketHttpServer | undefined;

  private constructor(dialect: Dialect, options: StandInOptions) {
    this.#dialect = dialect;
    this.#options = options;
  }

  static async start(dialect: Dialect, options: StandInOptions): Promise<StandIn> {
    const made = new StandIn(dialect, options);
    made.#server = await SocketHttpServer.listen((exchange) => made.#serve(exchange));
    return made;
  }

  get sockets(): SocketHttpServer {
    if (this.#server === undefined) throw new Error("not listening");
    return this.#server;
  }

  /** Scheme and authority. */
  get url(): string {
    return `http://127.0.0.1:${this.sockets.port}`;
  }

  /** The newest request. */
  get last(): UpstreamRecord {
    const newest = this.records.at(-1);
    if (newest === undefined) throw new Error("the upstream has had no request");
    return newest;
  }

  /** Says what is done with the next requests that pass the provider's rules, one each. */
  next(...scripts: readonly Script[]): void {
    this.#queue.push(...scripts);
  }

  /** Lets every open `stepped` stream send one more content event. */
  step(): void {
    this.#steps++;
    this.#stepped.dispatchEvent(new Event("step"));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server?.[Symbol.asyncDispose]();
  }

  async #serve(exchange: Exchange): Promise<void> {
    const call = this.#record(exchange);
    const outcome = await this.#receive(call);
    if (!("ask" in outcome)) {
      if (outcome.status >= 400) this.refusals.push(outcome);
      return exchange.respond(outcome.status, { ...outcome.headers }, outcome.body);
    }
    const script = this.#scriptFor(outcome.ask);
    await exchange.wait(script.headDelayMs ?? 0);
    const { fault } = script;
    if (fault !== undefined && (fault.inStreamAfter === undefined || !outcome.stream)) {
      const { status, headers, body } = this.#dialect.fault(fault, call);
      return exchange.respond(status, { ...headers, ...script.headers }, body);
    }
    const answer = answerOf(script, outcome.ask);
    if (outcome.stream) return await this.#stream(exchange, outcome, answer, script);
    const { status, headers, body } = outcome.whole(answer);
    exchange.respond(status, { ...headers, ...script.headers }, body);
  }

  #record(exchange: Exchange): Call {
    const { request } = exchange;
    const [path = "", query = ""] = request.target.split("?");
    const { method, headers } = request;
    const body = parseJson(request.body);
    const record: UpstreamRecord = {
      ...{ method, path, headers, body, request, exchange },
      query: new URLSearchParams(query),
    };
    this.records.push(record);
    const ignore = (paths: readonly (readonly Step[])[]) => {
      this.ignored.push(...paths.map((path) => pathText(path, { indexes: "dots" })));
    };
    return { ...record, serial: this.records.length, ignore };
  }

  async #receive(call: Call): Promise<Asked | Reply> {
    const { bodyBytesMax = Infinity } = this.#options;
    if (call.request.body.length > bodyBytesMax) return this.#dialect.fault({ status: 413 }, call);
    const outcome = await this.#dialect.receive(call);
    const { models } = this.#options;
    const isUnknown = "ask" in outcome && models?.includes(outcome.ask.model) === false;
    return isUnknown ? this.#dialect.fault({ status: 404 }, call) : outcome;
  }

  /** A script that says nothing of the answer only changes its manner. */
  #scriptFor(ask: Ask): Script {
    const script = this.#queue.shift() ?? this.#options.script ?? {};
    const { text, toolCalls, refusal, fault } = script;
    const isFault = fault !== undefined && fault.inStreamAfter === undefined;
    const says = isFault || [text, toolCalls, refusal].some((member) => member !== undefined);
    return says ? script : { ...agent(ask), ...script };
  }

  async #stream(exchange: Exchange, asked: Asked, answer: Answer, script: Script): Promise<void> {
    exchange.begin(200, { ...asked.streamHeaders, ...script.headers });
    const writer = new OddWriter(exchange);
    const { fault, delayMs = 0, cutAfter = Infinity } = script;
    const faultAfter = fault?.inStreamAfter ?? Infinity;
    const stepsBefore = this.#steps;
    let sent = 0;
    for (const frame of asked.frames(answer)) {
      if (frame.isContent) {
        if (sent >= Math.min(cutAfter, faultAfter)) break;
        if (delayMs > 0 || script.stepped) await writer.flush();
        await exchange.wait(delayMs);
        if (script.stepped) await this.#turn(exchange, stepsBefore + sent);
        sent++;
      }
      if (!exchange.open) return;
      await writer.write(frame.bytes);
    }
    if (fault !== undefined) {
      for (const frame of asked.faultFrames(fault)) await writer.write(frame.bytes);
    }
    await writer.flush();
    if (script.cutAfter !== undefined) return await exchange.breakOff(script.cutHow ?? "close");
    exchange.end();
  }

  /** Waits until there were more steps than that, or until the client goes. */
  async #turn({ gone }: Exchange, stepsBefore: number): Promise<void> {
    while (this.#steps <= stepsBefore && !gone.aborted) {
      await new Promise<void>((resolve) => {
        const done = () => resolve();
        this.#stepped.addEventListener("step", done, { once: true, signal: gone });
        gone.addEventListener("abort", done, { once: true });
      });
    }
  }
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
}
