import { readlinkSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

/** Where a change can make a file another one; the file may be away for the moment. */
export function foldersOf(file: string): string[] {
  const folders: string[] = [];
  const parts = partsOf(resolve(file));
  let at = "/", links = 0;
  for (let part = parts.shift(); part !== undefined; part = parts.shift()) {
    const here = join(at, part);
    const target = links < LINKS_MAX ? linkTarget(here) : undefined;
    if (target === undefined) {
      at = here;
      continue;
    }
    links++;
    folders.push(at);
    parts.unshift(...partsOf(resolve(at, target)));
    at = "/";
  }
  folders.push(dirname(at));
  return folders.flatMap((folder) => [folder, dirname(folder)]);
}

/** As many as Linux follows. */
const LINKS_MAX = 40;

function partsOf(path: string): string[] {
  return path.split("/").filter((part) => part !== "");
}

function linkTarget(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
