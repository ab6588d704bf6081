import { type FSWatcher, realpathSync, watch } from "node:fs";
import { dirname } from "node:path";

/** How long the files must be quiet before a change counts. */
export const DEBOUNCE_MS = 250;

/** How long a burst may keep a change from being noticed: other files in the folder never rest. */
const BURST_MS_MAX = 1_000;

/** A running watch. */
export interface FileWatch {
  /** Watches these files from now on. */
  follow(files: readonly string[]): void;
  close(): void;
}

/**
 * Calls `changed` after a change to any of the files, once per burst of changes.
 *
 * Folders are watched, not files: editors replace a file by renaming another one over it, and
 * Kubernetes swaps a symbolic link next to it; a watch on the file itself would then see nothing
 * more. Every file's own folder and the one its links lead to are watched.
 */
export function watchFiles(changed: () => void, failed: (error: Error) => void): FileWatch {
  const watchers = new Map<string, FSWatcher>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let burstEndsMs = 0;

  function noticed(): void {
    const nowMs = performance.now();
    if (timer === undefined) burstEndsMs = nowMs + BURST_MS_MAX;
    else if (nowMs + DEBOUNCE_MS > burstEndsMs) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      timer = undefined;
      changed();
    }, DEBOUNCE_MS);
  }

  function start(folder: string): void {
    try {
      const watcher = watch(folder, noticed);
      watcher.on("error", (error) => {
        stop(folder);
        failed(error);
      });
      watchers.set(folder, watcher);
    } catch (error) {
      failed(error instanceof Error ? error : new Error(String(error)));
    }
  }

  function stop(folder: string): void {
    watchers.get(folder)?.close();
    watchers.delete(folder);
  }

  return {
    follow(files) {
      const folders = new Set(files.flatMap(foldersOf));
      for (const folder of watchers.keys()) if (!folders.has(folder)) stop(folder);
      for (const folder of folders) if (!watchers.has(folder)) start(folder);
    },
    close() {
      clearTimeout(timer);
      for (const folder of [...watchers.keys()]) stop(folder);
    },
  };
}

function foldersOf(file: string): string[] {
  const folders = [dirname(file)];
  try {
    folders.push(dirname(realpathSync(file)));
  } catch {
    // A file that is away for the moment is still watched for in its own folder.
  }
  return folders;
}
