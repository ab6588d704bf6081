import { within } from "./until.ts";

export interface ChildCommand {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly stdin?: string;
}

export interface Exit {
  readonly code: number;
  readonly signal: Deno.Signal | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A subprocess whose output is kept by lines; it never outlives the test run. */
export class Child implements AsyncDisposable {
  readonly stdout: string[] = [];
  readonly stderr: string[] = [];
  readonly exit: Promise<Exit>;
  #running = true;
  readonly #process: Deno.ChildProcess;
  readonly #wakeups = new Set<() => void>();

  constructor(command: ChildCommand) {
    this.#process = new Deno.Command(command.program, {
      args: [...command.args],
      cwd: command.cwd,
      env: { ...command.environment },
      clearEnv: true,
      stdin: command.stdin === undefined ? "null" : "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const kill = () => this.signal("SIGKILL");
    globalThis.addEventListener("unload", kill);
    this.exit = this.#run(command.stdin).finally(() => {
      this.#running = false;
      globalThis.removeEventListener("unload", kill);
      this.#wake();
    });
  }

  get pid(): number {
    return this.#process.pid;
  }

  get running(): boolean {
    return this.#running;
  }

  signal(signal: Deno.Signal): void {
    if (!this.#running) return;
    try {
      // The method of the child sends nothing after a first signal.
      Deno.kill(this.#process.pid, signal);
    } catch (cause) {
      if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    }
  }

  /** The first line of output, old or new, for which the check gives a value. */
  waitForLine<Value>(
    claim: string,
    check: (line: string) => Value | undefined | false,
    timeoutMs = 5_000,
  ): Promise<Value> {
    const seen = { stdout: 0, stderr: 0 };
    const found = new Promise<Value>((resolve, reject) => {
      const look = () => {
        for (const name of ["stdout", "stderr"] as const) {
          for (const line of this[name].slice(seen[name])) {
            seen[name]++;
            const value = check(line);
            if (value === undefined || value === false) continue;
            this.#wakeups.delete(look);
            return resolve(value);
          }
        }
        if (!this.#running) reject(new Error(`the process ended before: ${claim}`));
      };
      this.#wakeups.add(look);
      look();
    });
    return within(claim, timeoutMs, found);
  }

  /** Kills the process if it still runs. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.signal("SIGKILL");
    await this.exit;
  }

  async #run(stdin: string | undefined): Promise<Exit> {
    if (stdin !== undefined) {
      const writer = this.#process.stdin.getWriter();
      await writer.write(new TextEncoder().encode(stdin)).catch(() => {});
      await writer.close().catch(() => {});
    }
    const [status, stdout, stderr] = await Promise.all([
      this.#process.status,
      this.#collect(this.#process.stdout, this.stdout),
      this.#collect(this.#process.stderr, this.stderr),
    ]);
    return { code: status.code, signal: status.signal, stdout, stderr };
  }

  async #collect(stream: ReadableStream<Uint8Array>, lines: string[]): Promise<string> {
    const decoder = new TextDecoder();
    let whole = "";
    let rest = "";
    for await (const bytes of stream) {
      const text = decoder.decode(bytes, { stream: true });
      whole += text;
      const parts = (rest + text).split("\n");
      rest = parts.pop() ?? "";
      lines.push(...parts);
      this.#wake();
    }
    if (rest !== "") lines.push(rest);
    return whole;
  }

  #wake(): void {
    for (const wakeup of [...this.#wakeups]) wakeup();
  }
}
