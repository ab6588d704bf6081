import type { DataPlane } from "../runtime/data_plane.ts";
import type { Loaded } from "./load_snapshot.ts";
import type { Surroundings } from "./surroundings.ts";

/** Has a configuration serve; rejects, and leaves its forerunner in force, where it cannot. */
export async function putInForce(
  { snapshot, inForce }: Loaded,
  dataPlane: DataPlane,
  { serving }: Surroundings,
): Promise<void> {
  await serving.limits?.open();
  await dataPlane.apply(snapshot);
  inForce();
}
