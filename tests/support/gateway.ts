import { Child, type Exit } from "./child.ts";
import { projectFile } from "./config_file.ts";
import { isObject } from "./json.ts";
import { freePorts } from "./ports.ts";
import { parseScrape, type Scrape } from "./prometheus.ts";
import { until, within } from "./until.ts";

/** How the gateway is run: from source, with the permissions of `deno task start`, or as a file. */
export type Form = "deno" | "executable";

/** The form under test, from `AGENTGATEWAY_FORM`. */
export const form: Form = Deno.env.get("AGENTGATEWAY_FORM") === "executable"
  ? "executable"
  : "deno";

export interface GatewayOptions {
  /** The config without its `config` section, for the ports that it is given. */
  readonly yaml: (...ports: readonly number[]) => string;
  /** More of the `config` section than the addresses of the three management servers. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly environment?: Readonly<Record<string, string>>;
  /** Puts the config behind symbolic links, as Kubernetes mounts a ConfigMap. */
  readonly projected?: boolean;
}

/** A gateway in a process of its own, ready to be asked. */
export class Gateway implements AsyncDisposable {
  readonly child: Child;
  /** The directory of its config file. */
  readonly directory: string;
  readonly configPath: string;
  readonly ports: readonly number[];
  readonly #management: readonly number[];
  readonly #settings: Readonly<Record<string, unknown>>;

  private constructor(options: GatewayOptions) {
    const [admin = 0, stats = 0, readiness = 0, ...ports] = freePorts(managementPorts + portsMax);
    this.#management = [admin, stats, readiness];
    this.ports = ports;
    this.directory = Deno.makeTempDirSync({ prefix: "agentgateway-e2e-" });
    this.configPath = `${this.directory}/config.yaml`;
    this.#settings = {
      adminAddr: `127.0.0.1:${admin}`,
      statsAddr: `127.0.0.1:${stats}`,
      readinessAddr: `127.0.0.1:${readiness}`,
      logging: { format: "json" },
      ...options.settings,
    };
    const text = this.render(options.yaml(...ports));
    if (options.projected) projectFile(this.configPath, text);
    else Deno.writeTextFileSync(this.configPath, text);
    this.child = runGateway(["-c", this.configPath], options);
  }

  static async start(options: GatewayOptions): Promise<Gateway> {
    const made = new Gateway(options);
    await made.untilReady().catch(async (cause) => {
      await made[Symbol.asyncDispose]();
      const output = [...made.child.stdout, ...made.child.stderr].join("\n");
      throw new Error(`the gateway did not become ready; it said:\n${output}`, { cause });
    });
    return made;
  }

  /** Scheme and authority of the first data port. */
  get url(): string {
    return this.urlOf(0);
  }

  get adminUrl(): string {
    return `http://127.0.0.1:${this.#management[0]}`;
  }

  get statsUrl(): string {
    return `http://127.0.0.1:${this.#management[1]}`;
  }

  get readyUrl(): string {
    return `http://127.0.0.1:${this.#management[2]}`;
  }

  urlOf(index: number): string {
    return `http://127.0.0.1:${this.ports[index]}`;
  }

  /** The whole config file for such a data plane; the `config` section takes the first line. */
  render(yaml: string): string {
    return `config: ${JSON.stringify(this.#settings)}\n${yaml}`;
  }

  async untilReady(): Promise<void> {
    await until("the gateway is ready", async () => {
      if (!this.child.running) return "ended" as const;
      const response = await fetch(`${this.readyUrl}/healthz/ready`);
      return (await response.text()) === "ready\n";
    }, startTimeoutMs);
    if (!this.child.running) throw new Error("the process ended");
  }

  async metrics(): Promise<Scrape> {
    const response = await fetch(`${this.statsUrl}/metrics`);
    return parseScrape(await response.text());
  }

  /** The first access log line, old or new, with these fields. */
  accessLog(fields: Readonly<Record<string, unknown>>): Promise<Readonly<Record<string, unknown>>> {
    const claim = `an access log line with ${JSON.stringify(fields)}`;
    return this.child.waitForLine(claim, (text) => {
      const line = parseObject(text);
      const fits = line?.scope === "request" &&
        Object.entries(fields).every(([name, value]) => line[name] === value);
      return fits && line;
    });
  }

  /** Every access log line so far. */
  accessLogs(): Readonly<Record<string, unknown>>[] {
    return this.child.stdout.flatMap((text) => {
      const line = parseObject(text);
      return line?.scope === "request" ? [line] : [];
    });
  }

  /** Asks it to end and gives it the time to drain. */
  async stop(timeoutMs = 10_000): Promise<Exit> {
    this.child.signal("SIGTERM");
    return await within("the gateway has ended", timeoutMs, this.child.exit);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.child[Symbol.asyncDispose]();
    await Deno.remove(this.directory, { recursive: true });
  }
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  if (!text.startsWith("{")) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

interface RunOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly cwd?: string;
}

/** Runs the gateway's command line in the form under test. */
export function runGateway(args: readonly string[], options: RunOptions = {}): Child {
  const [program = "", ...first] = form === "deno" ? startCommand() : [`${root}/dist/agentgateway`];
  const { environment, stdin } = options;
  return new Child({
    program,
    args: [...first, ...args],
    cwd: options.cwd ?? root,
    environment: { ...inheritedEnvironment(), ...environment },
    ...(stdin !== undefined && { stdin }),
  });
}

/** The command of `deno task start` with its module, so that its sandbox is tested too. */
export function startCommand(): string[] {
  const config: unknown = JSON.parse(Deno.readTextFileSync(`${root}/deno.json`));
  const tasks = isObject(config) && isObject(config.tasks) ? config.tasks : {};
  const command = isObject(tasks.start) ? tasks.start.command : tasks.start;
  if (typeof command !== "string") throw new Error("deno.json has no start task");
  const words = command.split(/\s+/).map((word) => word.replaceAll(/^["']|["']$/g, ""));
  const moduleAt = words.findIndex((word) => word.endsWith(".ts"));
  if (words[0] !== "deno" || moduleAt < 0) throw new Error(`not a deno command: ${command}`);
  return [Deno.execPath(), ...words.slice(1, moduleAt + 1)];
}

/** What a developer's shell may hold that would change the gateway under test. */
function inheritedEnvironment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(Deno.env.toObject()).filter(([name]) => !settingNames.test(name)),
  );
}

const settingNames =
  /^(RUST_LOG|LOG_FORMAT|READY_FD|NOTIFY_SOCKET)$|_API_KEY$|_ADDR$|^CONNECTION_|TERMINATION/;

/** The repository's root directory. */
export const root = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");

const managementPorts = 3;
const portsMax = 4;
const startTimeoutMs = 20_000;
