import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { isMap, parseDocument } from "yaml";

/** Where the configuration comes from. */
export interface ConfigSource {
  /** What messages call it. */
  readonly name: string;
  /** The file to watch; undefined for a text that cannot change. */
  readonly file?: string;
  /** Reads it anew; throws when it cannot be read. */
  read(): string;
}

/** Finds out what the value of `-c` means; throws with a message when it means nothing. */
export function configSource(value: string): ConfigSource {
  if (value === "-") return fixed("stdin", readFileSync(0, "utf8"));
  const kind = fileKind(value);
  if (kind === "file") {
    return { name: value, file: resolve(value), read: () => readFileSync(value, "utf8") };
  }
  if (kind === "stream") return fixed(value, readFileSync(value, "utf8"));
  if (kind === "folder") throw new Error(`${value}: is a folder, not a configuration file`);
  if (isYamlMapping(value)) return fixed("inline", value);
  throw new Error(`${value}: no such file`);
}

function fixed(name: string, text: string): ConfigSource {
  return { name, read: () => text };
}

/** Pipes and terminals can be read once, so they are never watched. */
function fileKind(path: string): "file" | "stream" | "folder" | "none" {
  try {
    const found = statSync(path);
    if (found.isDirectory()) return "folder";
    return found.isFile() ? "file" : "stream";
  } catch {
    return "none";
  }
}

function isYamlMapping(text: string): boolean {
  const document = parseDocument(text, { prettyErrors: false });
  return isMap(document.contents) || (document.errors.length > 0 && text.includes("\n"));
}
