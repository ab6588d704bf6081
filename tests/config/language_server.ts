/** The real yaml-language-server as a child process, spoken to as an editor does. */

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

/** A session with the server; ends with the `using` block. */
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
    const body = new TextEncoder().encode(JSON.stringify({ jsonrpc: "2.0", ...message }));
    const head = new TextEncoder().encode(`Content-Length: ${body.length}\r\n\r\n`);
    await this.#writer.write(head);
    await this.#writer.write(body);
  }

  async #read(): Promise<void> {
    let buffer = "";
    for await (const chunk of this.#child.stdout.pipeThrough(new TextDecoderStream("latin1"))) {
      buffer += chunk;
      for (let body = takeBody(); body !== undefined; body = takeBody()) this.#dispatch(body);
    }

    function takeBody(): Message | undefined {
      const head = /Content-Length: (\d+)\r\n(?:[^\r\n]+\r\n)*\r\n/.exec(buffer);
      if (head === null) return undefined;
      const start = head.index + head[0].length;
      const end = start + Number(head[1]);
      if (buffer.length < end) return undefined;
      const bytes = Uint8Array.from(buffer.slice(start, end), (char) => char.charCodeAt(0));
      buffer = buffer.slice(end);
      return JSON.parse(new TextDecoder().decode(bytes));
    }
  }

  #dispatch(message: Message): void {
    console.error("<<", JSON.stringify(message).slice(0, 300));
    if (message.id !== undefined && message.method !== undefined) {
      const items = Object(message.params).items; // the server asks for settings, or to register
      void this.#send({ id: message.id, result: Array.isArray(items) ? items.map(() => null) : null });
      return;
    }
    for (const waiter of this.#waiters) {
      if (!waiter.wants(message)) continue;
      this.#waiters.delete(waiter);
      waiter.resolve(message);
    }
  }
}
