import { readFileSync } from "node:fs";
import { compileExpression } from "../../src/cel/compile.ts";
import { CelSyntaxError } from "../../src/cel/expression.ts";
import type { Problem } from "../../src/config/diagnostic.ts";
import { GrpcChannel } from "../../src/lib/grpc/channel.ts";
import type { Callout } from "../../src/policies/callout.ts";
import type { CompileContext, ServerAddress } from "../../src/runtime/compile_context.ts";

interface TestContext extends CompileContext, AsyncDisposable {
  /** The clock, which a test moves. */
  nowMs: number;
  readonly warned: readonly string[];
}

/** A context to compile policies in; every server is `callout`, or at `address`. */
export function compileContext(callout?: Callout, address?: ServerAddress): TestContext {
  const problems: Problem[] = [];
  const warned: string[] = [];
  const kept = new Map<string, ReturnType<typeof JSON.parse>>();
  const context: TestContext = {
    nowMs: 0,
    problems,
    warnings: [],
    warned,
    expression(source, at) {
      try {
        return compileExpression(source);
      } catch (cause) {
        if (!(cause instanceof CelSyntaxError)) throw cause;
        problems.push({ path: at, message: cause.message });
        return undefined;
      }
    },
    secret: (secret, at) => {
      const text = typeof secret === "string" ? secret : context.readFile(secret.file, at);
      return text?.trim();
    },
    readFile(path, at) {
      try {
        return readFileSync(path, "utf8");
      } catch (cause) {
        problems.push({ path: at, message: String(cause) });
        return undefined;
      }
    },
    callout: () => callout,
    serverOf: () => address,
    calloutTo: () => callout ?? (() => Promise.reject(new Error("no callout"))),
    keep(key, make) {
      if (!kept.has(key)) kept.set(key, make());
      return kept.get(key);
    },
    environment: {
      now: () => context.nowMs,
      epochMs: () => 1_700_000_000_000 + context.nowMs,
      random: () => 0.5,
      warn: (scope, message) => void warned.push(`${scope}: ${message}`),
    },
    [Symbol.asyncDispose]: () => closeAll(kept.values()),
  };
  return context;
}

/** Closes what was kept and has connections. */
async function closeAll(kept: Iterable<unknown>): Promise<void> {
  for (const value of kept) {
    if (value instanceof GrpcChannel) await value.close();
  }
}
