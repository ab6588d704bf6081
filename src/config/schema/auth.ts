import * as v from "valibot";
import { closedObject } from "../../lib/closed_object.ts";
import { isMapping } from "../../lib/mapping.ts";
import { later } from "../reference_keys.ts";
import { AwsAuth, AzureAuth, GcpAuth } from "./auth_clouds.ts";
import { AuthLocation } from "./auth_location.ts";
import { oneBeside } from "./checks.ts";
import { decidedUnion } from "./decided_union.ts";
import { Secret } from "./secret.ts";

const PlacedSecret = closedObject({
  value: v.pipe(Secret, v.description("The secret: a string, or {file: path}.")),
  location: v.exactOptional(v.pipe(
    AuthLocation,
    v.description("Where the request carries it; by default as a bearer token."),
  )),
}, later("BackendAuth.key"));

const Key = decidedUnion(
  [Secret, PlacedSecret],
  (input) => {
    if (typeof input === "string") return Secret;
    if (!isMapping(input)) return undefined;
    if (Object.hasOwn(input, "value")) return PlacedSecret;
    return Object.hasOwn(input, "file") ? Secret : undefined;
  },
  "must be a string, {file: path} or {value: ...}",
);

const FurtherSecret = closedObject({
  location: v.pipe(AuthLocation, v.description("Where the request carries it.")),
  key: v.pipe(Secret, v.description("The secret: a string, or {file: path}.")),
}, later("BackendAuth.credentials"));

const Ways = v.pipe(
  closedObject({
    key: v.exactOptional(v.pipe(
      Key,
      v.description("A secret to send: a string, {file: path}, or {value: ..., location: ...}."),
    )),
    passthrough: v.exactOptional(v.pipe(
      closedObject({}, later("BackendAuth.passthrough")),
      v.description("Send the client's own credential on, and add none."),
    )),
    gcp: v.exactOptional(v.pipe(GcpAuth, v.description("A token of Google Cloud."))),
    aws: v.exactOptional(v.pipe(AwsAuth, v.description("A signature for AWS (SigV4)."))),
    azure: v.exactOptional(v.pipe(AzureAuth, v.description("A token of Microsoft Entra ID."))),
    credentials: v.exactOptional(v.pipe(
      v.array(FurtherSecret),
      v.description("Further secrets to send, alone or beside any of the others."),
    )),
  }, later("BackendAuthCompat")),
  oneBeside(["key", "passthrough", "gcp", "aws", "azure"], "credentials"),
  v.description("How the gateway shows the upstream who it is."),
);

const Copilot = v.custom<never>(() => false, "not supported yet: copilot");

/** How the gateway shows an upstream who it is. */
export const BackendAuth = {
  ...Ways,
  "~run"(dataset: v.UnknownDataset, config: v.Config<v.BaseIssue<unknown>>) {
    return dataset.value === "copilot"
      ? Copilot["~run"](dataset, config)
      : Ways["~run"](dataset, config);
  },
};
