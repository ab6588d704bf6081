import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Files in a folder of their own, by name; gone at the end. */
export interface Files extends Disposable {
  readonly path: (name: string) => string;
}

/** Writes files for a test that reads them. */
export function files(texts: Readonly<Record<string, string>>): Files {
  const folder = mkdtempSync(join(tmpdir(), "agentgateway-pem-"));
  const path = (name: string) => join(folder, name);
  for (const [name, text] of Object.entries(texts)) writeFileSync(path(name), text);
  return {
    path,
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}
