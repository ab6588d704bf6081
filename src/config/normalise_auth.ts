import type {
  AuthConfig,
  AwsAuthConfig,
  AzureIdentityConfig,
  GcpAuthConfig,
  KeyAuthConfig,
  ProblemPath,
  SecretConfig,
} from "./normalised.ts";
import type { Config } from "./schema/index.ts";

type Llm = NonNullable<Config["llm"]>;

/** A `backendAuth` or `auth` as the schema lets it be written. */
export type WrittenAuth = NonNullable<Llm["models"][number]["auth"]>;

/** What a `backendAuth` comes to. */
export interface AuthParts {
  readonly auth?: AuthConfig | undefined;
  readonly credentials: readonly KeyAuthConfig[];
}

/** The parts of a `backendAuth`; `at` is where it is written. */
export function authParts(written: WrittenAuth | undefined, at: ProblemPath): AuthParts {
  if (written === undefined) return { credentials: [] };
  return {
    auth: authConfig(written, at),
    credentials: (written.credentials ?? []).map(({ key, location }, index) => ({
      type: "key",
      at: [...at, "credentials", index, "key"],
      secret: key,
      location,
    })),
  };
}

/** An API key from `params`. */
export function apiKeyParts(secret: SecretConfig, at: ProblemPath): AuthParts {
  return { auth: { type: "key", at, secret }, credentials: [] };
}

function authConfig(written: WrittenAuth, at: ProblemPath): AuthConfig | undefined {
  const { key, passthrough, gcp, aws, azure } = written;
  if (key !== undefined) return keyConfig(key, [...at, "key"]);
  if (passthrough !== undefined) return { type: "passthrough", at: [...at, "passthrough"] };
  if (gcp !== undefined) return gcpConfig(gcp, [...at, "gcp"]);
  if (aws !== undefined) return awsConfig(aws, [...at, "aws"]);
  if (azure === undefined) return undefined;
  return { type: "azure", at: [...at, "azure"], identity: azureIdentity(azure) };
}

function keyConfig(key: NonNullable<WrittenAuth["key"]>, at: ProblemPath): KeyAuthConfig {
  return typeof key === "object" && "value" in key
    ? { type: "key", at: [...at, "value"], secret: key.value, location: key.location }
    : { type: "key", at, secret: key };
}

function gcpConfig(gcp: NonNullable<WrittenAuth["gcp"]>, at: ProblemPath): GcpAuthConfig {
  const { type, audience, credential } = gcp;
  return { type: "gcp", at, token: type === "idToken" ? "id" : "access", audience, credential };
}

function awsConfig(aws: NonNullable<WrittenAuth["aws"]>, at: ProblemPath): AwsAuthConfig {
  const { accessKeyId, secretAccessKey, sessionToken, region, serviceName, assumeRole } = aws;
  const fixed = accessKeyId !== undefined && secretAccessKey !== undefined
    ? { accessKeyId, secretAccessKey, sessionToken }
    : undefined;
  return { type: "aws", at, region, serviceName, static: fixed, assumeRole };
}

function azureIdentity(azure: NonNullable<WrittenAuth["azure"]>): AzureIdentityConfig {
  const { developerImplicit, explicitConfig = {} } = azure;
  if (developerImplicit !== undefined) return { kind: "developer" };
  const { clientSecret, managedIdentity, workloadIdentity } = explicitConfig;
  if (clientSecret !== undefined) {
    const { tenant_id: tenantId, client_id: clientId, client_secret: secret } = clientSecret;
    return { kind: "clientSecret", tenantId, clientId, clientSecret: secret };
  }
  if (managedIdentity !== undefined) {
    return { kind: "managed", ...managedIdentity.userAssignedIdentity };
  }
  return { kind: workloadIdentity === undefined ? "implicit" : "workload" };
}
