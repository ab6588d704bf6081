import { bunHost } from "./bun.ts";
import { denoHost } from "./deno.ts";
import type { Host } from "./host.ts";

/** The adapter for the runtime that this program was started on. */
export function currentHost(): Host {
  return "Bun" in globalThis ? bunHost() : denoHost();
}
