/** Ways in which a file gets new contents in the field. */
export const rewrites = {
  /** Truncates and writes, as a shell's redirection does. */
  "in place": (path: string, text: string): void => Deno.writeTextFileSync(path, text),
  /** Writes a new file and renames it over the old one, as editors do. */
  "rename": (path: string, text: string): void => {
    Deno.writeTextFileSync(`${path}.new`, text);
    Deno.renameSync(`${path}.new`, path);
  },
  /** Moves the old file away and writes a new one, as editors with backups do. */
  "backup": (path: string, text: string): void => {
    Deno.renameSync(path, `${path}~`);
    Deno.writeTextFileSync(path, text);
  },
} as const;

/**
 * Writes a file as Kubernetes projects a ConfigMap: the path is a link through `..data`, which is
 * itself a link to a versioned folder and is swapped as a whole.
 */
export function projectFile(path: string, text: string): void {
  const [directory, name] = [path.slice(0, path.lastIndexOf("/")), path.split("/").at(-1) ?? ""];
  const version = `..${crypto.randomUUID()}`;
  Deno.mkdirSync(`${directory}/${version}`);
  Deno.writeTextFileSync(`${directory}/${version}/${name}`, text);
  Deno.symlinkSync(version, `${directory}/..data_new`);
  const old = readLink(`${directory}/..data`);
  Deno.renameSync(`${directory}/..data_new`, `${directory}/..data`);
  if (old === undefined) Deno.symlinkSync(`..data/${name}`, path);
  else Deno.removeSync(`${directory}/${old}`, { recursive: true });
}

/** A file with that text, which is removed when the tests end; gives its path. */
export function temporaryFile(text: string): string {
  const path = Deno.makeTempFileSync({ prefix: "agentgateway-e2e-" });
  Deno.writeTextFileSync(path, text);
  globalThis.addEventListener("unload", () => Deno.removeSync(path));
  return path;
}

function readLink(path: string): string | undefined {
  try {
    return Deno.readLinkSync(path);
  } catch {
    return undefined;
  }
}
