import * as v from "valibot";
import { closedObject } from "../../lib/closed_object.ts";
import { modelSetting } from "../model_setting.ts";
import type { ProviderKind } from "../provider.ts";
import { connect, type VertexSettings } from "./connect.ts";

const PROJECT = "must be the id or the number of a project";
const REGION = "must be a region such as us-central1, us, eu or global";

const Settings = v.pipe(
  closedObject({
    projectId: v.pipe(
      v.string(PROJECT),
      v.check((text) => /^[a-z0-9][a-z0-9.:-]*$/.test(text), PROJECT),
      v.description("Google Cloud project that is charged."),
    ),
    region: v.exactOptional(v.pipe(
      v.string(REGION),
      v.check((text) => /^[a-z][a-z0-9-]*$/.test(text), REGION),
      v.description("Region that serves: one such as us-central1, us, eu, or global (default)."),
    )),
    model: modelSetting,
  }),
  v.description("Google Cloud's Vertex AI: Gemini, Claude and open models."),
);

/** Google Cloud's Vertex AI. */
export const vertex: ProviderKind<VertexSettings> = {
  type: "vertex",
  shortNames: ["vertex"],
  settings: Settings,
  params: { vertexProject: "projectId", vertexRegion: "region" },
  connect,
};
