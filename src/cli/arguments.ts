import { parseArgs } from "node:util";

/** What the command line asks for. */
export type Command =
  | { readonly type: "serve"; readonly config: string }
  | { readonly type: "validate"; readonly config: string }
  | { readonly type: "wait-ready"; readonly address: string }
  | { readonly type: "version" | "version-json" | "help" | "print-schema" | "print-example" }
  | { readonly type: "wrong"; readonly message: string };

const CONFIG_FLAGS = ["config", "file"] as const;

/** Reads the command line; what it cannot read comes back as `wrong`, with the reason. */
export function readArguments(args: readonly string[]): Command {
  let values;
  try {
    ({ values } = parseArgs({
      args: [...args],
      allowPositionals: false,
      options: {
        config: { type: "string", short: "c", multiple: true },
        file: { type: "string", short: "f", multiple: true },
        "validate-only": { type: "boolean" },
        "wait-ready": { type: "string" },
        "print-schema": { type: "boolean" },
        "print-example": { type: "boolean" },
        version: { type: "boolean" },
        "short-version": { type: "boolean", short: "V" },
        help: { type: "boolean", short: "h" },
      },
    }));
  } catch (cause) {
    return wrong(cause instanceof Error ? firstSentence(cause.message) : String(cause));
  }
  if (values.help) return { type: "help" };
  if (values["short-version"]) return { type: "version" };
  if (values.version) return { type: "version-json" };
  if (values["print-schema"]) return { type: "print-schema" };
  if (values["print-example"]) return { type: "print-example" };
  if (values["wait-ready"] !== undefined) {
    return { type: "wait-ready", address: values["wait-ready"] };
  }
  const configs = CONFIG_FLAGS.flatMap((flag) => values[flag] ?? []);
  const [config, second] = configs;
  if (config === undefined) return wrong("no configuration is given: use -c FILE");
  if (second !== undefined) return wrong("only one configuration may be given");
  return { type: values["validate-only"] ? "validate" : "serve", config };
}

function firstSentence(message: string): string {
  return message.split(". ")[0] ?? message;
}

function wrong(message: string): Command {
  return { type: "wrong", message };
}

/** What `--help` prints. */
export const HELP = `agentgateway: a gateway for language models

Usage: agentgateway -c CONFIG [--validate-only]

  -c, --config, -f, --file CONFIG
                       the configuration: a YAML file (reloaded when it changes), - for standard
                       input, or the YAML text itself
      --validate-only  check the configuration and exit: 0 when it holds, 1 when it does not
      --wait-ready ADDRESS
                       wait until the gateway at this readiness address, such as localhost:15021,
                       is ready; for service managers and container health checks
      --print-schema   print the JSON Schema of the configuration
      --print-example  print an example configuration
      --version        print version, revision, runtime and dependencies as JSON
  -V                   print the version
  -h, --help           print this help

Exit codes: 0 success, 1 the configuration does not hold or a port is taken, 2 wrong command line.
`;
