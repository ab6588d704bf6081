import { copyFileSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { run } from "./command.ts";

/** A folder with what goes into the executable, and nothing else. */
export interface Stage {
  readonly folder: string;
  /** The module that is compiled, in the folder. */
  readonly entry: string;
  /** Where a compiler leaves the executable. */
  readonly output: string;
  readonly revision: string;
}

/**
 * Makes the folder `dist/build`. Its `deno.json` names the packages that the program imports;
 * those of tests and tools stay away. The lock file pins what these packages need in turn.
 */
export function makeStage(root: string, revision: string): Stage {
  const folder = join(root, "dist/build");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, "empty"), { recursive: true });
  for (const name of ["src", "schema"]) {
    cpSync(join(root, name), join(folder, name), { recursive: true });
  }
  for (const name of ["deno.json", "deno.lock", "config.example.yaml"]) {
    copyFileSync(join(root, name), join(folder, name));
  }
  const call = `void main(${JSON.stringify({ revision })});`;
  writeFileSync(join(folder, "entry.ts"), `import { main } from "./src/main.ts";\n${call}\n`);
  const settings = shippedSettings(JSON.parse(readFileSync(join(folder, "deno.json"), "utf8")), {
    used: npmSpecifiers(folder),
  });
  writeFileSync(join(folder, "deno.json"), JSON.stringify(settings, undefined, 2));
  return { folder, entry: "entry.ts", output: join(folder, "agentgateway"), revision };
}

/** The part of `deno.json` that the program itself needs. */
export interface ShippedSettings {
  readonly version: unknown;
  readonly unstable: unknown;
  readonly permissions: unknown;
  readonly imports: Readonly<Record<string, string>>;
}

/** Leaves out everything of `deno.json` that is for tests and tools. */
export function shippedSettings(
  settings: Omit<ShippedSettings, "imports"> & Partial<ShippedSettings>,
  { used }: { readonly used: ReadonlySet<string> },
): ShippedSettings {
  const { version, unstable, permissions, imports = {} } = settings;
  const packages = new Set([...used].map(packageIn));
  const kept = Object.entries(imports).filter(([, specifier]) =>
    packages.has(packageIn(specifier))
  );
  return { version, unstable, permissions, imports: Object.fromEntries(kept) };
}

/** Name and version in `npm:name@1.0.0`, `npm:/name@1.0.0/` or `npm:/@scope/name@1.0.0/module`. */
function packageIn(specifier: string): string {
  return /^npm:\/?((?:@[^/]+\/)?[^/]+)/.exec(specifier)?.[1] ?? specifier;
}

/** The packages that code of the program imports; types are gone by the time it runs. */
function npmSpecifiers(folder: string): Set<string> {
  const text = run([process.execPath, "info", "--json", "entry.ts"], {
    cwd: folder,
    timeoutMs: 120_000,
  });
  const graph: ModuleGraph = JSON.parse(text);
  const specifiers = graph.modules.flatMap(({ dependencies = [] }) =>
    dependencies.map(({ code }) => code?.specifier ?? "")
  );
  return new Set(specifiers.filter((specifier) => specifier.startsWith("npm:")));
}

/** The part of the output of `deno info --json` that is read here. */
interface ModuleGraph {
  readonly modules: readonly {
    readonly dependencies?: readonly { readonly code?: { readonly specifier?: string } }[];
  }[];
}
