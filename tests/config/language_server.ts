import { concat } from "../../src/lib/bytes.ts";

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: unknown;
}

interface Waiter {
  wants(message: Message): boolean;
  resolve(message: Message): void;
}

/** The real yaml-language-server in a child process, spoken to as an editor does. */
export class LanguageServer implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #waiters = new Set<Waiter>();
  readonly #reading: Promise<void>;
  #lastId = 0;

  private constructor(child: Deno.ChildProcess) {
    this.#child = child;
    this.#writer = child.stdin.getWriter();
    this.#reading = this.#read();
  }

  /** Starts the version that deno.json names. */
  static async start(): Promise<LanguageServer> {
    const denoJson = new URL("../../deno.json", import.meta.url);
    const { imports } = JSON.parse(await Deno.readTextFile(denoJson));
    const command = new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--allow-all", imports["yaml-language-server"], "--stdio"],
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    });
    const server = new LanguageServer(command.spawn());
    await server.request("initialize", { processId: Deno.pid, rootUri: null, capabilities: {} });
    await server.notify("initialized", {});
    await server.notify("workspace/didChangeConfiguration", {
      settings: {
        yaml: { validate: true, hover: true, completion: true, schemaStore: { enable: false } },
      },
    });
    return server;
  }

  /** Opens a file and resolves to what the server says against it. */
  async open(uri: string, text: string): Promise<unknown> {
    const published = this.#wait(({ method, params }) =>
      method === "textDocument/publishDiagnostics" && Object(params).uri === uri
    );
    await this.notify("textDocument/didOpen", {
      textDocument: { uri, languageId: "yaml", version: 1, text },
    });
    return Object((await published).params).diagnostics;
  }

  async request(method: string, params: unknown): Promise<unknown> {
    const id = ++this.#lastId;
    const answer = this.#wait((message) => message.id === id && message.method === undefined);
    await this.#send({ id, method, params });
    return (await answer).result;
  }

  async notify(method: string, params: unknown): Promise<void> {
    await this.#send({ method, params });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.request("shutdown", null);
    await this.notify("exit", null);
    await this.#writer.close().catch(() => {}); // the server may have gone already
    await this.#reading;
    await this.#child.status;
  }

  #wait(wants: Waiter["wants"]): Promise<Message> {
    return new Promise((resolve) => this.#waiters.add({ wants, resolve }));
  }

  async #send(message: Message): Promise<void> {
    const body = JSON.stringify({ jsonrpc: "2.0", ...message });
    const length = new TextEncoder().encode(body).length;
    const bytes = new TextEncoder().encode(`Content-Length: ${length}\r\n\r\n${body}`);
    await this.#writer.write(bytes); // one write: messages must not interleave
  }

  async #read(): Promise<void> {
    let bytes: Uint8Array<ArrayBuffer> = new Uint8Array();
    for await (const chunk of this.#child.stdout) {
      bytes = concat([bytes, chunk], bytes.length + chunk.length);
      for (let cut = takeMessage(bytes); cut !== undefined; cut = takeMessage(bytes)) {
        bytes = cut.rest;
        this.#dispatch(cut.message);
      }
    }
  }

  #dispatch(message: Message): void {
    if (message.id !== undefined && message.method !== undefined) {
      const items = Object(message.params).items; // the server asks for settings, or to register
      void this.#send({
        id: message.id,
        result: Array.isArray(items) ? items.map(() => null) : null,
      });
      return;
    }
    for (const waiter of this.#waiters) {
      if (!waiter.wants(message)) continue;
      this.#waiters.delete(waiter);
      waiter.resolve(message);
    }
  }
}

/** The first message of the bytes, if it is whole, and what comes after it. */
function takeMessage(bytes: Uint8Array<ArrayBuffer>) {
  const text = new TextDecoder("latin1").decode(bytes.subarray(0, 1_000));
  const head = /^Content-Length: (\d+)\r\n(?:[^\r\n]+\r\n)*\r\n/.exec(text);
  if (head === null) return undefined;
  const end = head[0].length + Number(head[1]);
  if (bytes.length < end) return undefined;
  const message: Message = JSON.parse(
    new TextDecoder().decode(bytes.subarray(head[0].length, end)),
  );
  return { message, rest: bytes.slice(end) };
}
