/** `deno task build`: makes `dist/agentgateway`, one executable that needs nothing else. */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { BuildError, run } from "./build/command.ts";
import { readRevision } from "./build/revision.ts";
import { makeStage, type Stage } from "./build/stage.ts";
import { compileWithBun } from "./build/with_bun.ts";
import { compileWithDeno } from "./build/with_deno.ts";

const USAGE = "usage: deno task build [--with bun|deno] [--revision REVISION]";

/** A compiler leaves the executable at `stage.output`, or throws a `BuildError`. */
type Compiler = (stage: Stage) => void;

const COMPILERS: Readonly<Record<string, readonly Compiler[]>> = {
  deno: [compileWithDeno],
  bun: [compileWithBun],
  // Deno's runtime stub is downloaded, so it may be out of reach; Bun carries itself.
  either: [compileWithDeno, compileWithBun],
};

function build(args: readonly string[], root: string): void {
  const { compilers, revision = readRevision(root) } = readOptions(args);
  const stage = makeStage(root, revision);
  try {
    const made = compile(compilers, stage);
    const target = join(root, "dist/agentgateway");
    mkdirSync(join(root, "dist"), { recursive: true });
    renameSync(stage.output, target);
    report(target, made);
  } finally {
    rmSync(stage.folder, { recursive: true, force: true });
  }
}

interface Options {
  readonly compilers: readonly Compiler[];
  readonly revision: string | undefined;
}

function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: { with: { type: "string" }, revision: { type: "string" } },
  });
  const compilers = COMPILERS[values.with ?? "either"];
  if (compilers === undefined) throw new BuildError(USAGE);
  return { compilers, revision: values.revision };
}

/** What an executable says of itself. */
interface Made {
  readonly runtime: string;
  readonly revision: string;
}

/** Takes the first compiler that makes an executable that runs. */
function compile(compilers: readonly Compiler[], stage: Stage): Made {
  const [first, ...others] = compilers;
  if (first === undefined) throw new BuildError("no compiler is left to try");
  try {
    first(stage);
    return tryOut(stage);
  } catch (cause) {
    if (others.length === 0 || !(cause instanceof BuildError)) throw cause;
    say(`${cause.message}; building with Bun instead`);
    return compile(others, stage);
  }
}

/** Runs the executable where nothing of the checkout is in reach. */
function tryOut({ output, folder, revision }: Stage): Made {
  const text = run([output, "--version"], { cwd: join(folder, "empty"), timeoutMs: 20_000 });
  const said = parseObject(text);
  if (said.get("git_revision") !== revision) {
    throw new BuildError(`the executable does not know its revision, and says ${firstLine(text)}`);
  }
  return { runtime: `${said.get("runtime")} ${said.get("runtime_version")}`, revision };
}

function parseObject(text: string): ReadonlyMap<string, unknown> {
  try {
    return new Map(Object.entries(JSON.parse(text)));
  } catch {
    return new Map();
  }
}

function firstLine(text: string): string {
  return text.trim().split("\n")[0] || "nothing";
}

function report(target: string, { runtime, revision }: Made): void {
  const bytes = readFileSync(target);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  // The form that `sha256sum --check` reads.
  writeFileSync(`${target}.sha256`, `${sha256}  agentgateway\n`);
  const size = (bytes.length / 1_000_000).toFixed(1);
  say(`dist/agentgateway: ${size} MB, ${runtime}, revision ${revision}\nsha256 ${sha256}`);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

try {
  build(process.argv.slice(2), join(import.meta.dirname ?? ".", ".."));
} catch (cause) {
  const isMistake = cause instanceof BuildError ||
    (cause instanceof Error && "code" in cause && `${cause.code}`.startsWith("ERR_PARSE_ARGS"));
  if (!isMistake) throw cause;
  process.stderr.write(`build: ${cause.message}\n`);
  process.exitCode = 1;
}
