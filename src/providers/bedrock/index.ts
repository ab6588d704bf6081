import * as v from "valibot";
import { closedObject } from "../../lib/closed_object.ts";
import { modelSetting } from "../model_setting.ts";
import type { ProviderKind } from "../provider.ts";
import { type BedrockSettings, connect } from "./connect.ts";

const REGION = "must be an AWS region such as us-east-1";

const Settings = v.pipe(
  closedObject({
    region: v.pipe(
      v.string(REGION),
      v.check((text) => /^[a-z]{2,}(?:-[a-z0-9]+)+$/.test(text), REGION),
      v.description("AWS region that serves."),
    ),
    model: modelSetting,
    guardrailIdentifier: v.exactOptional(v.pipe(
      v.string(),
      v.nonEmpty("must not be empty"),
      v.description("Guardrail that every chat goes through: its id or ARN."),
    )),
    guardrailVersion: v.exactOptional(v.pipe(
      v.string(),
      v.nonEmpty("must not be empty"),
      v.description("Version of the guardrail: a number, or DRAFT."),
    )),
  }),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const { guardrailIdentifier: id, guardrailVersion: version } = dataset.value;
    if ((id === undefined) === (version === undefined)) return;
    const key = id === undefined ? "guardrailVersion" : "guardrailIdentifier";
    const other = id === undefined ? "guardrailIdentifier" : "guardrailVersion";
    addIssue({
      message: `needs ${other} beside it`,
      path: [{
        type: "object",
        origin: "key",
        input: dataset.value,
        key,
        value: dataset.value[key],
      }],
    });
  }),
  v.description("Amazon Bedrock."),
);

/** Amazon Bedrock. */
export const bedrock: ProviderKind<BedrockSettings> = {
  type: "bedrock",
  shortNames: ["bedrock"],
  settings: Settings,
  params: { awsRegion: "region" },
  connect,
};
