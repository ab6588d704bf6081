/** One instruction of a Dockerfile, its continued lines joined. */
export interface Instruction {
  readonly name: string;
  readonly text: string;
  /** The stage that it belongs to, from 0. */
  readonly stage: number;
}

/** Reads a Dockerfile as far as the tests need it: no heredocs, no escapes. */
export function parseDockerfile(text: string): Instruction[] {
  const lines = text.split("\n").filter((line) => !line.startsWith("#")).join("\n")
    .replaceAll(/\\\n\s*/g, "").split("\n").filter((line) => line.trim() !== "");
  let stage = -1;
  return lines.map((line) => {
    const [, name = "", rest = ""] = /^(\w+)\s+(.*)$/.exec(line) ?? [];
    if (name === "FROM") stage++;
    return { name, text: rest, stage };
  });
}

/** The words of an instruction in its JSON form, such as `CMD ["a", "b"]`. */
export function execForm(text: string): string[] {
  const words: unknown = JSON.parse(text.slice(text.indexOf("[")));
  if (!Array.isArray(words)) throw new Error(`not in JSON form: ${text}`);
  return words.map(String);
}

/** Whether a path of the context is left out; a later line of `.dockerignore` wins. */
export function isIgnored(path: string, dockerignore: string): boolean {
  let ignored = false;
  for (const line of dockerignore.split("\n")) {
    const pattern = line.trim();
    if (pattern === "" || pattern.startsWith("#")) continue;
    const isKept = pattern.startsWith("!");
    const name = isKept ? pattern.slice(1) : pattern;
    if (name === "*" || path === name || path.startsWith(`${name}/`)) ignored = !isKept;
  }
  return ignored;
}
