import { type Module, parseModule } from "./module.ts";

const ROOT = new URL("../../", import.meta.url);

/** Folders that hold what is made or fetched, not what is written. */
const MADE = new Set([".git", "dist", "node_modules", "coverage"]);

/** Paths of all files that are written by hand or generated into the repository, sorted. */
export function repositoryFiles(folder = ""): string[] {
  const paths: string[] = [];
  for (const { name, isDirectory } of Deno.readDirSync(new URL(folder, ROOT))) {
    if (MADE.has(name)) continue;
    if (isDirectory) paths.push(...repositoryFiles(`${folder}${name}/`));
    else paths.push(`${folder}${name}`);
  }
  return paths.sort();
}

/** The text of a file of the repository. */
export function repositoryText(path: string): string {
  return Deno.readTextFileSync(new URL(path, ROOT));
}

/** The TypeScript modules below some folders. */
export function repositoryModules(...folders: readonly string[]): Module[] {
  return repositoryFiles()
    .filter((path) => path.endsWith(".ts") && folders.some((folder) => path.startsWith(folder)))
    .map((path) => parseModule(path, repositoryText(path)));
}
