import * as v from "valibot";
import { closedObject } from "../../lib/closed_object.ts";
import { closedWords } from "../../lib/closed_words.ts";
import { later } from "../reference_keys.ts";
import { exactlyOneOf, keyCheck, needs, notTogether } from "./checks.ts";
import { Secret } from "./secret.ts";
import { Text } from "./text.ts";

/** A token of Google Cloud. */
export const GcpAuth = v.pipe(
  closedObject({
    type: v.exactOptional(v.pipe(
      closedWords(["accessToken", "idToken"]),
      v.description("Kind of the token: accessToken (default), or idToken as Cloud Run wants it."),
    )),
    audience: v.exactOptional(v.pipe(
      Text,
      v.description("For whom an idToken is; by default the upstream's host."),
    )),
    credential: v.exactOptional(v.pipe(
      Secret,
      v.description("A key file's JSON, or {file: path}; by default what the machine has."),
    )),
  }, later("BackendAuth.gcp")),
  keyCheck(({ type, audience }) =>
    audience === undefined || type === "idToken"
      ? []
      : [{ path: ["audience"], message: "only an idToken has an audience" }]
  ),
);

const ROLE = "must be the ARN of a role, as in arn:aws:iam::123456789012:role/name";
const SESSION = "must be 2 to 64 letters, digits or any of +=,.@-_";

const AssumeRole = closedObject({
  roleArn: v.pipe(
    v.string(ROLE),
    v.check((text) => /^arn:[a-z-]+:iam::\d{12}:role\/[\x21-\x7e]+$/.test(text), ROLE),
    v.description("ARN of the role."),
  ),
  sessionName: v.exactOptional(v.pipe(
    v.string(SESSION),
    v.check((text) => /^[\w+=,.@-]{2,64}$/.test(text), SESSION),
    v.description("Name of the session in AWS's logs."),
  )),
}, later("BackendAuth.aws.assumeRole"));

/** A signature with the keys of an AWS account. */
export const AwsAuth = v.pipe(
  closedObject({
    accessKeyId: v.exactOptional(v.pipe(
      Secret,
      v.description("Access key; without one, what the environment or the machine has."),
    )),
    secretAccessKey: v.exactOptional(v.pipe(Secret, v.description("Secret of the access key."))),
    sessionToken: v.exactOptional(v.pipe(
      Secret,
      v.description("Session token of a temporary access key."),
    )),
    region: v.exactOptional(v.pipe(
      Text,
      v.description("Region to sign for; by default the provider's."),
    )),
    serviceName: v.exactOptional(v.pipe(
      Text,
      v.description("Service to sign for; by default the provider's."),
    )),
    assumeRole: v.exactOptional(v.pipe(
      AssumeRole,
      v.description("Role to take on with the machine's own credentials."),
    )),
  }, later("BackendAuth.aws")),
  needs("accessKeyId", "secretAccessKey"),
  needs("secretAccessKey", "accessKeyId"),
  needs("sessionToken", "accessKeyId"),
  notTogether("accessKeyId", "assumeRole", "a role is taken on with the machine's credentials"),
);

const nothing = (name: Parameters<typeof later>[0]) => closedObject({}, later(name));

const ClientSecret = closedObject({
  tenant_id: v.pipe(Text, v.description("Id of the tenant.")),
  client_id: v.pipe(Text, v.description("Id of the application.")),
  client_secret: v.pipe(Secret, v.description("Secret of the application, or {file: path}.")),
}, later("BackendAuth.azure.clientSecret"));

const UserAssigned = v.pipe(
  closedObject({
    clientId: v.exactOptional(v.pipe(Text, v.description("Its client id."))),
    objectId: v.exactOptional(v.pipe(Text, v.description("Its object id."))),
    resourceId: v.exactOptional(v.pipe(Text, v.description("Its resource id."))),
  }, later("BackendAuth.azure.userAssigned")),
  exactlyOneOf(["clientId", "objectId", "resourceId"]),
);

const ExplicitConfig = v.pipe(
  closedObject({
    clientSecret: v.exactOptional(v.pipe(
      ClientSecret,
      v.description("An application with a secret."),
    )),
    managedIdentity: v.exactOptional(v.pipe(
      closedObject({
        userAssignedIdentity: v.exactOptional(v.pipe(
          UserAssigned,
          v.description("One of the machine's identities; by default its own."),
        )),
      }, later("BackendAuth.azure.managedIdentity")),
      v.description("An identity of the Azure machine."),
    )),
    workloadIdentity: v.exactOptional(v.pipe(
      nothing("BackendAuth.azure.workloadIdentity"),
      v.description("The identity of the Kubernetes workload."),
    )),
  }, later("BackendAuth.azure.explicitConfig")),
  exactlyOneOf(["clientSecret", "managedIdentity", "workloadIdentity"]),
);

/** A token of Microsoft Entra ID. */
export const AzureAuth = v.pipe(
  closedObject({
    implicit: v.exactOptional(v.pipe(
      nothing("BackendAuth.azure.implicit"),
      v.description("Whatever identity the environment or the machine has."),
    )),
    developerImplicit: v.exactOptional(v.pipe(
      nothing("BackendAuth.azure.developerImplicit"),
      v.description("The identity of a developer who is logged in by Azure's tools."),
    )),
    explicitConfig: v.exactOptional(v.pipe(
      ExplicitConfig,
      v.description("One identity and no other."),
    )),
  }, later("BackendAuth.azure")),
  exactlyOneOf(["implicit", "developerImplicit", "explicitConfig"]),
);
