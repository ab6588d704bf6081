import type { Import, Module, Violation } from "./module.ts";

/**
 * The layers below `cli`, lowest first. A layer may import those below it; layers that share a
 * place do not know each other.
 */
const LAYERS: readonly (readonly string[])[] = [
  ["errors"],
  ["lib"],
  ["cel"],
  ["chat"],
  ["apis"],
  ["providers", "policies", "cost"],
  ["routing"],
  ["gateway"],
  ["config"],
  ["runtime"],
  ["admin"],
  ["cli"],
  ["main"],
];

/** What stands beside the layers: all that it may import, and who may import it. */
const BESIDE: Readonly<Record<string, { sees: readonly RegExp[]; seenBy: readonly string[] }>> = {
  host: { sees: [], seenBy: ["gateway", "runtime", "admin", "cli", "main"] },
  telemetry: {
    sees: [
      /^src\/errors\.ts$/,
      /^src\/lib\//,
      /^src\/chat\//,
      /^src\/cel\//,
      /^src\/apis\/api\.ts$/,
      /^src\/gateway\/facts\.ts$/,
    ],
    seenBy: ["runtime", "admin", "cli", "main"],
  },
};

/** Files that only these may import; all others of their layer are open. */
const DOORS: readonly { readonly file: RegExp; readonly seenBy: RegExp }[] = [
  // The runtime is chosen once, at the top; everybody else is handed the interface.
  { file: /^src\/host\/(?!host\.ts$)/, seenBy: /^src\/(main|host\/index)\.ts$/ },
  // A layer's folders are named by its list alone, so that each can be deleted; what APIs share
  // is no API.
  {
    file: /^src\/apis\/(?!tool_schema\/)(\w+)\//,
    seenBy: /^src\/apis\/((\w+)\/|(index|route_types)\.ts$)/,
  },
  { file: /^src\/providers\/(\w+)\//, seenBy: /^src\/providers\/((\w+)\/|index\.ts$)/ },
];

/** Imports that go up, sideways, or past a door. */
export function layerViolations(module: Module): Violation[] {
  return module.imports.flatMap((imported) => {
    const message = refusal(module.path, imported);
    return message === undefined ? [] : [{ path: module.path, line: imported.line, message }];
  });
}

function refusal(path: string, { target }: Import): string | undefined {
  const from = layerOf(path);
  const to = layerOf(target);
  if (from === undefined) return `${path} is in no layer: name its folder in the list of layers`;
  if (to === undefined) return embeds(from, target) ? undefined : `src may not import ${target}`;
  if (from !== to && !mayImport(from, to, target)) return `${from} may not import ${target}`;
  return doorRefusal(path, target);
}

function mayImport(from: string, to: string, target: string): boolean {
  const beside = BESIDE[from];
  if (beside !== undefined) return beside.sees.some((allowed) => allowed.test(target));
  const seen = BESIDE[to];
  if (seen !== undefined) return seen.seenBy.includes(from);
  return rankOf(to) < rankOf(from);
}

function doorRefusal(path: string, target: string): string | undefined {
  for (const { file, seenBy } of DOORS) {
    if (!file.test(target) || folderOf(path) === folderOf(target)) continue;
    const isSibling = /^src\/\w+\/\w+\//.test(path) && path.split("/")[1] === target.split("/")[1];
    if (isSibling) return `${folderOf(path)} may not import its sibling ${target}`;
    if (!seenBy.test(path)) return `${target} is not for ${path}: import the list or the interface`;
  }
  return undefined;
}

/** Files outside `src` that are part of the executable: its own description, schema, example. */
function embeds(layer: string, target: string): boolean {
  return layer === "cli" &&
    ["deno.json", "schema/config.json", "config.example.yaml"].includes(target);
}

function layerOf(path: string): string | undefined {
  const name = /^src\/(\w+)(?:\/|\.ts$)/.exec(path)?.[1];
  const isKnown = name !== undefined && (name in BESIDE || rankOf(name) >= 0);
  return isKnown ? name : undefined;
}

function rankOf(layer: string): number {
  return LAYERS.findIndex((layers) => layers.includes(layer));
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}
