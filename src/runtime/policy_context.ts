import { compileExpression } from "../cel/compile.ts";
import { compileFunctions, type CustomFunctions, noFunctions } from "../cel/custom_functions.ts";
import { CelSyntaxError, type Expression } from "../cel/expression.ts";
import type { Problem } from "../config/diagnostic.ts";
import type { Normalised, ProblemPath, SecretConfig } from "../config/normalised.ts";
import type { AuthCompiler } from "./compile_auth.ts";
import { type CalloutEnvironment, calloutTo } from "./callout_to.ts";
import type { CompileContext, PolicyEnvironment } from "./compile_context.ts";
import { reachServer } from "./reach_server.ts";
import { serverAddress } from "./server_address.ts";
import type { Keep } from "./kept_state.ts";

interface ContextOptions {
  readonly problems: Problem[];
  readonly warnings: Problem[];
  readonly servers: Normalised["servers"];
  readonly auth: AuthCompiler;
  readonly environment: PolicyEnvironment & CalloutEnvironment;
  readonly readFile: (path: string) => string;
  readonly keep: Keep;
  /** Definitions of functions for expressions. */
  readonly customFunctions: string;
}

/** What policies are compiled with. */
export function policyContext(options: ContextOptions): CompileContext {
  const { problems, warnings, servers, auth, environment, readFile, keep } = options;

  const functions = customFunctions(options);
  const readText = textReader(readFile, problems);
  const secret = secretReader(readFile, problems);

  function expression(source: string, at: ProblemPath): Expression | undefined {
    try {
      const compiled = compileExpression(source, functions, environment);
      for (const { name, hint, offset } of compiled.unknownNames) {
        warnings.push({ path: at, message: `there is no variable ${name}${hint}`, offset });
      }
      return compiled;
    } catch (cause) {
      if (!(cause instanceof CelSyntaxError)) throw cause;
      problems.push({ path: at, message: cause.message, offset: cause.offset });
      return undefined;
    }
  }

  const context: CompileContext = {
    problems,
    warnings,
    expression,
    secret,
    readFile: readText,
    callout(server, at) {
      const found = reachServer(server, at, { servers, auth, context });
      if (found === undefined) return undefined;
      const { place, isSecure, identity, connection } = found;
      const origin = `${isSecure ? "https" : "http"}://${place}`;
      return calloutTo(origin, identity, environment, connection);
    },
    serverOf(server, at) {
      const found = reachServer(server, at, { servers, auth, context });
      return found === undefined ? undefined : serverAddress(found, at, problems);
    },
    calloutTo: (origin) => calloutTo(origin, {}, environment),
    keep,
    environment,
  };
  return context;
}

/** The functions of the configuration; what is wrong with them is a problem. */
function customFunctions(
  { customFunctions: source, problems, environment }: ContextOptions,
): CustomFunctions {
  try {
    return compileFunctions(source, environment);
  } catch (cause) {
    if (!(cause instanceof CelSyntaxError)) throw cause;
    const path = ["config", "customFunctions"];
    problems.push({ path, message: cause.message, offset: cause.offset });
    return noFunctions;
  }
}

type ReadFile = (path: string) => string;

function textReader(readFile: ReadFile, problems: Problem[]) {
  return (path: string, at: ProblemPath): string | undefined => {
    try {
      return readFile(path);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      problems.push({ path: at, message: `cannot read the file: ${reason}` });
      return undefined;
    }
  };
}

/** Reads secrets, whichever way they are written. */
export function secretReader(readFile: ReadFile, problems: Problem[]): CompileContext["secret"] {
  const readText = textReader(readFile, problems);
  return (written: SecretConfig, at: ProblemPath) => {
    const text = typeof written === "string" ? written : readText(written.file, [...at, "file"]);
    const value = text?.trim();
    if (value !== "") return value;
    problems.push({ path: at, message: "must not be empty" });
    return undefined;
  };
}
