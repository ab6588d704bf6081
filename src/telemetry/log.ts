import type { Level, LogLevels } from "./log_levels.ts";
import { jsonValue, type LogValue, printable, quoted, textValue } from "./log_values.ts";
import { createTimestamps } from "./timestamp.ts";

/** How lines are laid out, for people and simple tools or for collectors. */
export type LogFormat = "text" | "json";

/** Facts that go with a message; those that are undefined are left out. */
export type LogFields = Readonly<Record<string, LogValue | undefined>>;

type Write = (scope: string, message: string, fields?: LogFields) => void;

/** Writes what happens in the process; what happens to requests is the access log's. */
export interface Logger {
  readonly debug: Write;
  readonly info: Write;
  readonly warn: Write;
  readonly error: Write;
}

interface LoggerOptions {
  readonly levels: LogLevels;
  readonly format: LogFormat;
  /** Takes one line without its end. */
  readonly write: (line: string) => void;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** A logger whose lines look like the reference's. */
export function createLogger({ levels, format, write, now }: LoggerOptions): Logger {
  const timestamp = createTimestamps();
  const layout = format === "json" ? jsonLine : textLine;
  const at = (level: Exclude<Level, "off" | "trace">): Write => (scope, message, fields = {}) => {
    if (!levels.enabled(level, scope)) return;
    write(layout({ level, time: timestamp(now()), scope, message, fields }));
  };
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

interface Entry {
  readonly level: string;
  readonly time: string;
  readonly scope: string;
  readonly message: string;
  readonly fields: LogFields;
}

function textLine({ level, time, scope, message, fields }: Entry): string {
  const pairs: string[] = [];
  for (const [key, value] of Object.entries(fields)) {
    if (value !== undefined) pairs.push(`${key}=${textValue(value)}`);
  }
  const line = `${time}\t${level}\t${scope}\t${printable(message)}`;
  return pairs.length === 0 ? line : `${line}\t${pairs.join(" ")}`;
}

function jsonLine({ level, time, scope, message, fields }: Entry): string {
  let line = `{"level":"${level}","time":"${time}","scope":${quoted(scope)}`;
  line += `,"message":${quoted(message)}`;
  for (const [key, value] of Object.entries(fields)) {
    if (value !== undefined) line += `,${quoted(key)}:${jsonValue(value)}`;
  }
  return `${line}}`;
}
