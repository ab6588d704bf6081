import { BuildError, run } from "./command.ts";

/** The commit that is checked out, marked when files differ from it; `unknown` without git. */
export function readRevision(root: string): string {
  const git = (...args: readonly string[]) =>
    run(["git", ...args], { cwd: root, timeoutMs: 10_000 }).trim();
  try {
    const revision = git("rev-parse", "HEAD");
    return git("status", "--porcelain") === "" ? revision : `${revision}-dirty`;
  } catch (cause) {
    if (cause instanceof BuildError) return "unknown";
    throw cause;
  }
}
