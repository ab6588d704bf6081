import type { Problem } from "../config/diagnostic.ts";
import type {
  AuthConfig,
  AwsAuthConfig,
  AzureAuthConfig,
  GcpAuthConfig,
  KeyAuthConfig,
  ProblemPath,
  SecretConfig,
  UpstreamConfig,
} from "../config/normalised.ts";
import type { AuthEnvironment, Authorizer } from "../policies/cloud_auth/authorizer.ts";
import { awsAuthorizer } from "../policies/cloud_auth/aws.ts";
import { azureAuthorizer } from "../policies/cloud_auth/azure.ts";
import { gcpAuthorizer } from "../policies/cloud_auth/gcp.ts";
import { allOf, type Credential, credential } from "../policies/credential.ts";
import { defined } from "../lib/defined.ts";
import type { KeyPlace, Provider } from "../providers/provider.ts";
import type { Target } from "../routing/backend.ts";

/** What compiling identities takes from its surroundings. */
export interface IdentityEnvironment extends AuthEnvironment {
  /** The text of a file; throws when it cannot be read. */
  readFile(path: string): string;
}

/** Builds what shows upstreams who the gateway is; owns nothing but where problems go. */
export class AuthCompiler {
  readonly #environment: IdentityEnvironment;
  readonly #problems: Problem[];

  constructor(environment: IdentityEnvironment, problems: Problem[]) {
    this.#environment = environment;
    this.#problems = problems;
  }

  /** Credential and signature of an upstream; without a word in the config, the provider's own. */
  upstream(
    { auth, credentials }: Pick<UpstreamConfig, "auth" | "credentials">,
    provider?: Provider,
  ): Pick<Target, "credential" | "credentialFor" | "authorizer"> {
    const extra = credentials.map((one) => this.#key(one)).filter((one) => one !== undefined);
    if (auth === undefined) {
      return { credential: allOf(extra), authorizer: ambient(provider, this.#environment) };
    }
    if (auth.type !== "key") {
      return {
        credential: allOf(extra),
        authorizer: this.#authorizer(auth, provider),
      };
    }
    const { placeKey } = provider ?? {};
    const secret = this.#secret(auth.secret, auth.at);
    if (secret === undefined) return {};
    const main = credential(secret, auth.location);
    if (auth.location !== undefined || placeKey === undefined) {
      return { credential: allOf([main, ...extra]) };
    }
    return {
      credential: allOf([placed(secret, placeKey(secret, undefined)), ...extra]),
      credentialFor: (api) => allOf([placed(secret, placeKey(secret, api)), ...extra]),
    };
  }

  #key({ at, secret, location }: KeyAuthConfig): Credential | undefined {
    const value = this.#secret(secret, at);
    return value === undefined ? undefined : credential(value, location);
  }

  #authorizer(
    auth: Exclude<AuthConfig, KeyAuthConfig>,
    provider: Provider | undefined,
  ): Authorizer | undefined {
    switch (auth.type) {
      case "passthrough":
        return undefined;
      case "aws":
        return this.#aws(auth, provider);
      case "gcp":
        return this.#gcp(auth);
      case "azure":
        return this.#azure(auth, provider);
    }
  }

  #aws(
    { at, region, serviceName, static: keys, assumeRole }: AwsAuthConfig,
    provider: Provider | undefined,
  ): Authorizer {
    const own = provider?.auth?.type === "aws" ? provider.auth : undefined;
    const credentials = keys === undefined ? undefined : {
      accessKeyId: this.#secret(keys.accessKeyId, [...at, "accessKeyId"]) ?? "",
      secretAccessKey: this.#secret(keys.secretAccessKey, [...at, "secretAccessKey"]) ?? "",
      ...defined({
        sessionToken: keys.sessionToken === undefined
          ? undefined
          : this.#secret(keys.sessionToken, [...at, "sessionToken"]),
      }),
    };
    return awsAuthorizer({
      region: region ?? own?.region,
      serviceName: serviceName ?? own?.serviceName ?? "bedrock",
      credentials,
      assumeRole,
    }, this.#environment);
  }

  #gcp({ at, token, audience, credential }: GcpAuthConfig): Authorizer {
    const key = credential === undefined
      ? undefined
      : this.#text(credential, [...at, "credential"]);
    return gcpAuthorizer({ token, audience, credential: key }, this.#environment);
  }

  #azure({ at, identity }: AzureAuthConfig, provider: Provider | undefined): Authorizer {
    const scope = provider?.auth?.type === "azure" ? provider.auth.scope : AZURE_SCOPE;
    if (identity.kind !== "clientSecret") {
      return azureAuthorizer({ identity, scope }, this.#environment);
    }
    const clientSecret = this.#secret(identity.clientSecret, [
      ...at,
      "explicitConfig",
      "clientSecret",
      "client_secret",
    ]) ?? "";
    return azureAuthorizer({ identity: { ...identity, clientSecret }, scope }, this.#environment);
  }

  #secret(secret: SecretConfig, at: ProblemPath): string | undefined {
    const value = this.#text(secret, at);
    if (value === undefined || !/[^\x20-\x7e]/.test(value)) return value;
    this.#problems.push({ path: at, message: "must be printable ASCII to fit in a header" });
    return undefined;
  }

  #text(secret: SecretConfig, at: ProblemPath): string | undefined {
    const text = typeof secret === "string" ? secret : this.#read(secret.file, at);
    const value = text?.trim();
    if (value !== "") return value;
    this.#problems.push({ path: at, message: "must not be empty" });
    return undefined;
  }

  #read(path: string, at: ProblemPath): string | undefined {
    try {
      return this.#environment.readFile(path);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      this.#problems.push({ path: [...at, "file"], message: `cannot read the file: ${reason}` });
      return undefined;
    }
  }
}

/** What Azure's AI services ask tokens for. */
const AZURE_SCOPE = "https://cognitiveservices.azure.com/.default";

function placed(secret: string, place: KeyPlace | undefined): Credential {
  if (place === undefined) return credential(secret);
  const placed = credential(secret, { header: { name: place.header, prefix: place.prefix } });
  return { ...placed, replacesClients: true };
}

/** The identity that a provider is called with when the config does not say. */
function ambient(
  provider: Provider | undefined,
  environment: AuthEnvironment,
): Authorizer | undefined {
  const auth = provider?.auth;
  switch (auth?.type) {
    case undefined:
      return undefined;
    case "aws":
      return awsAuthorizer({ region: auth.region, serviceName: auth.serviceName }, environment);
    case "gcp":
      return gcpAuthorizer({ token: "access" }, environment);
    case "azure":
      return azureAuthorizer({ identity: { kind: "implicit" }, scope: auth.scope }, environment);
  }
}
