import { lstatSync, unlinkSync } from "node:fs";
import { connect } from "node:net";

/**
 * Removes a Unix domain socket that nobody listens on any more: a process that was killed leaves
 * its socket behind. What is no socket, or answers, is left for the bind to complain about.
 */
export async function removeStaleSocket(path: string): Promise<void> {
  if (!isSocket(path) || await answers(path)) return;
  unlinkSync(path);
}

function isSocket(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSocket() ?? false;
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const end = (accepted: boolean) => {
      socket.destroy();
      resolve(accepted);
    };
    socket.once("connect", () => end(true));
    socket.once("error", () => end(false));
  });
}
