import * as v from "valibot";
import { closedObject } from "../../lib/closed_object.ts";
import { closedWords } from "../../lib/closed_words.ts";
import { modelSetting } from "../model_setting.ts";
import type { ProviderKind } from "../provider.ts";
import { type AzureSettings, connect } from "./connect.ts";

const RESOURCE = "must be the name of an Azure resource: letters, digits and -";
const VERSION = "must be v1, preview, or a date such as 2024-10-21 or 2025-03-01-preview";
const PROJECT = "must be the name of a project: letters, digits, -, _ and .";

const Settings = v.pipe(
  closedObject({
    resourceName: v.pipe(
      v.string(RESOURCE),
      v.check((text) => /^[A-Za-z0-9][A-Za-z0-9-]*$/.test(text), RESOURCE),
      v.description("Name of the Azure resource, which is the first part of its address."),
    ),
    resourceType: v.pipe(
      closedWords(["openAI", "foundry", "aiServices"]),
      v.description("What the resource is; aiServices is an older name of foundry."),
    ),
    apiVersion: v.exactOptional(v.pipe(
      v.string(VERSION),
      v.check((text) => /^(?:v1|preview|\d{4}-\d\d-\d\d(?:-preview)?)$/.test(text), VERSION),
      v.description("Version of the API: v1 (default), preview, or a date."),
    )),
    projectName: v.exactOptional(v.pipe(
      v.string(PROJECT),
      v.check((text) => /^[A-Za-z0-9][\w.-]*$/.test(text), PROJECT),
      v.description("Project of a foundry resource; by default named like the resource."),
    )),
    model: modelSetting,
  }),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const { resourceType, apiVersion = "v1", projectName } = dataset.value;
    const issue = (key: string, message: string) =>
      addIssue({
        message,
        path: [{ type: "object", origin: "key", input: dataset.value, key, value: undefined }],
      });
    if (resourceType === "openAI") {
      if (projectName !== undefined) issue("projectName", "only a foundry resource has projects");
    } else if (apiVersion !== "v1") {
      issue("apiVersion", "a foundry resource is spoken to in v1 only");
    }
  }),
  v.description("Microsoft's Azure: OpenAI resources, and Foundry with other makers' models."),
);

/** Microsoft's Azure. */
export const azure: ProviderKind<AzureSettings> = {
  type: "azure",
  shortNames: ["azure"],
  settings: Settings,
  params: {
    azureResourceName: "resourceName",
    azureResourceType: "resourceType",
    azureApiVersion: "apiVersion",
    azureProjectName: "projectName",
  },
  connect,
};
