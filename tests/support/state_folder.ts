import { root } from "./gateway.ts";

/** A folder where the gateway may write with the permissions of `deno task start`. */
export async function stateFolder(): Promise<string> {
  await Deno.mkdir(`${root}/state`, { recursive: true });
  return await Deno.makeTempDir({ dir: `${root}/state` });
}
