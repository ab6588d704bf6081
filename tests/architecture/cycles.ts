import type { Module, Violation } from "./module.ts";

/** Files that import each other in a ring; a cycle of types is a cycle. */
export function cycleViolations(modules: readonly Module[]): Violation[] {
  const byPath = new Map(modules.map((module) => [module.path, module]));
  const done = new Set<string>();
  const violations: Violation[] = [];

  function walk(module: Module, trail: readonly string[]): void {
    const start = trail.indexOf(module.path);
    if (start >= 0) {
      const ring = [...trail.slice(start), module.path];
      violations.push({ path: module.path, line: 1, message: `import cycle: ${ring.join(" > ")}` });
      return;
    }
    if (done.has(module.path)) return;
    for (const { target } of module.imports) {
      const next = byPath.get(target);
      if (next !== undefined) walk(next, [...trail, module.path]);
    }
    done.add(module.path);
  }

  for (const module of modules) walk(module, []);
  return violations;
}
