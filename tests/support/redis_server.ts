import { createClient } from "redis";
import { Child } from "./child.ts";
import { freePorts } from "./ports.ts";
import { until } from "./until.ts";

/** A Redis of its own for a test, whose data survive when it is killed and started again. */
export class RedisServer implements AsyncDisposable {
  readonly port: number;
  readonly #folder: string;
  readonly #password: string | undefined;
  #child: Child;

  private constructor(port: number, folder: string, password: string | undefined) {
    this.port = port;
    this.#folder = folder;
    this.#password = password;
    this.#child = this.#spawn();
  }

  /** Starts a server on a free port, and waits until it answers. */
  static async start(options: { readonly password?: string } = {}): Promise<RedisServer> {
    const [port = 0] = freePorts(1);
    const folder = await Deno.makeTempDir({ prefix: "redis-" });
    const server = new RedisServer(port, folder, options.password);
    await server.ready();
    return server;
  }

  get url(): string {
    const user = this.#password === undefined ? "" : `:${encodeURIComponent(this.#password)}@`;
    return `redis://${user}127.0.0.1:${this.port}`;
  }

  /** Ends the server as a crash would. */
  async kill(): Promise<void> {
    this.#child.signal("SIGKILL");
    await this.#child.exit;
  }

  /** Starts a killed server anew on its port, with what it had saved. */
  async restart(): Promise<void> {
    this.#child = this.#spawn();
    await this.ready();
  }

  /** Makes the server hang: it keeps its connections, and answers nothing. */
  pause(): void {
    this.#child.signal("SIGSTOP");
  }

  resume(): void {
    this.#child.signal("SIGCONT");
  }

  /** Has the server run one command. */
  async command(...words: string[]): Promise<unknown> {
    const client = createClient({ url: this.url, socket: { reconnectStrategy: false } });
    client.on("error", () => {});
    await client.connect();
    try {
      return await client.sendCommand(words);
    } finally {
      client.destroy();
    }
  }

  ready(): Promise<unknown> {
    return until(`redis-server answers on port ${this.port}`, () => this.command("PING"));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#child[Symbol.asyncDispose]();
    await Deno.remove(this.#folder, { recursive: true });
  }

  #spawn(): Child {
    const args = ["--port", `${this.port}`, "--bind", "127.0.0.1", "--dir", this.#folder];
    args.push("--save", "", "--appendonly", "yes", "--appendfsync", "always");
    if (this.#password !== undefined) args.push("--requirepass", this.#password);
    const environment = { PATH: Deno.env.get("PATH") ?? "" };
    try {
      return new Child({ program: "redis-server", args, cwd: this.#folder, environment });
    } catch (cause) {
      if (!(cause instanceof Deno.errors.NotFound)) throw cause;
      throw new Error("this test needs redis-server: install Debian's package redis-server", {
        cause,
      });
    }
  }
}
