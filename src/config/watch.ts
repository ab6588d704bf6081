import { type FSWatcher, statSync, watch } from "node:fs";
import { foldersOf } from "./watched_folders.ts";

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
 * more. Watched are the folder that a file is in at last, those of all links on the way to it, and
 * the folders above these: a folder that is made anew is another one under the same name.
 */
export function watchFiles(changed: () => void, failed: (error: Error) => void): FileWatch {
  const watchers = new Map<string, { readonly watcher: FSWatcher; readonly identity: string }>();
  const trouble = toldOnce(failed);
  let followed: readonly string[] = [];
  const burst = afterBurst(() => {
    update();
    changed();
  });

  function start(folder: string): void {
    try {
      const identity = identityOf(folder);
      const watcher = watch(folder, burst.noticed);
      watcher.on("error", (error) => {
        stop(folder);
        trouble.tell(folder, error);
      });
      watchers.set(folder, { watcher, identity });
      trouble.forget(folder);
    } catch (error) {
      trouble.tell(folder, error instanceof Error ? error : new Error(String(error)));
    }
  }

  function stop(folder: string): void {
    watchers.get(folder)?.watcher.close();
    watchers.delete(folder);
  }

  function update(): void {
    const folders = new Set(followed.flatMap(foldersOf));
    for (const [folder, { identity }] of watchers) {
      if (!folders.has(folder) || identityOf(folder) !== identity) stop(folder);
    }
    for (const folder of folders) if (!watchers.has(folder)) start(folder);
  }

  return {
    follow(files) {
      followed = files;
      update();
    },
    close() {
      burst.cancel();
      for (const folder of [...watchers.keys()]) stop(folder);
    },
  };
}

/** A folder that cannot be watched is tried again at every change, but told of once. */
function toldOnce(failed: (error: Error) => void) {
  const told = new Set<string>();
  return {
    tell(folder: string, error: Error): void {
      if (!told.has(folder)) failed(error);
      told.add(folder);
    },
    forget: (folder: string) => told.delete(folder),
  };
}

/** Calls back when a burst is over, or when it does not come to its end. */
function afterBurst(over: () => void) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let endsMs = 0;
  return {
    noticed(): void {
      const nowMs = performance.now();
      if (timer === undefined) endsMs = nowMs + BURST_MS_MAX;
      else if (nowMs + DEBOUNCE_MS > endsMs) return;
      clearTimeout(timer);
      timer = setTimeout(() => {
        timer = undefined;
        over();
      }, DEBOUNCE_MS);
    },
    cancel: () => clearTimeout(timer),
  };
}

/** Tells a folder from a later one of the same name; empty while there is none. */
function identityOf(folder: string): string {
  try {
    const { dev, ino, birthtimeMs } = statSync(folder);
    return `${dev} ${ino} ${birthtimeMs}`;
  } catch {
    return "";
  }
}
