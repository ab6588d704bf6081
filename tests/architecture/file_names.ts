import type { Violation } from "./module.ts";

/** Names of files that are named for nothing and so never stop growing. */
const NAMELESS = ["utils", "util", "helpers", "helper", "common", "misc", "types", "shared"];

/** Files whose name does not say what they do, or says it in another case. */
export function fileNameViolations(path: string): Violation[] {
  const name = (path.split("/").at(-1) ?? "").replace(/\.\w+$/, "");
  const messages: string[] = [];
  if (!/^[a-z\d]+(_[a-z\d]+)*$/.test(name)) messages.push("files are named in snake_case");
  if (NAMELESS.includes(name)) messages.push("name the file for what it does");
  return messages.map((message) => ({ path, line: 1, message }));
}
