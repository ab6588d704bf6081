import { readFileSync } from "node:fs";
import type { Runtime } from "../host/host.ts";
import project from "../../deno.json" with { type: "json" };

/** The version of the product. */
export const VERSION: string = project.version;

/** What a build knows that its source does not. */
export interface BuildInfo {
  /** Git revision; a run from a checkout looks it up. */
  readonly revision?: string;
}

/** What `--version` prints. */
export interface VersionInfo {
  readonly version: string;
  readonly git_revision: string;
  readonly runtime: string;
  readonly runtime_version: string;
  readonly build_target: string;
  readonly dependencies: Readonly<Record<string, string>>;
}

/** Packages that are part of the product; the others in the import map are for tests and tools. */
const SHIPPED = [
  "@hono/node-server",
  "@hono/prometheus",
  "hono",
  "prom-client",
  "re2js",
  "valibot",
  "yaml",
];

/** Everything that tells one build from another. */
export function versionInfo(
  { revision }: BuildInfo,
  runtime: Runtime,
  target: string,
): VersionInfo {
  return {
    version: VERSION,
    git_revision: revision ?? checkoutRevision() ?? "unknown",
    runtime: runtime.name,
    runtime_version: runtime.version,
    build_target: target,
    dependencies: dependencies(),
  };
}

function dependencies(): Record<string, string> {
  const versions: Record<string, string> = {};
  for (const [name, specifier] of Object.entries(project.imports)) {
    if (SHIPPED.includes(name)) versions[name] = specifier.slice(specifier.lastIndexOf("@") + 1);
  }
  return versions;
}

/** The commit that is checked out, read from git's own files. */
function checkoutRevision(): string | undefined {
  try {
    const git = new URL("../../.git/", import.meta.url);
    const head = readFileSync(new URL("HEAD", git), "utf8").trim();
    if (!head.startsWith("ref: ")) return head;
    return readFileSync(new URL(head.slice("ref: ".length), git), "utf8").trim();
  } catch {
    return undefined;
  }
}
