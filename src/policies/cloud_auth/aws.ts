import { assumedRole, type AssumeRole } from "./assume_role.ts";
import type { AuthEnvironment, Authorizer } from "./authorizer.ts";
import { ambientCredentials, ambientRegion, type AwsCredentials } from "./aws_credentials.ts";
import { type Grant, type Renewed, renewed } from "./renewed.ts";
import { sign } from "./sign_v4.ts";

/** Which identity signs requests, and for what. */
export interface AwsOptions {
  /** Where it is undefined, the region of the surroundings. */
  readonly region?: string | undefined;
  /** The service's name in signatures: `bedrock`. */
  readonly serviceName: string;
  /** Where they are undefined, those of the surroundings. */
  readonly credentials?: AwsCredentials | undefined;
  /** A role to take on with these credentials. */
  readonly assumeRole?: AssumeRole | undefined;
}

/** Where an identity comes from that the options do not give. */
export interface AwsSurroundings {
  ambientCredentials(region: string): Promise<Grant<AwsCredentials>>;
  ambientRegion(): Promise<string>;
  readonly fetch: typeof fetch;
}

const SURROUNDINGS: AwsSurroundings = {
  ambientCredentials,
  ambientRegion,
  fetch: (input, init) => fetch(input, init),
};

/** Signs requests as an identity of AWS. */
export function awsAuthorizer(
  options: AwsOptions,
  environment: AuthEnvironment,
  surroundings: AwsSurroundings = SURROUNDINGS,
): Authorizer {
  const identity = renewed(identityFetcher(options, environment, surroundings), environment);
  return {
    async authorize(request) {
      const { region, credentials } = await identity.get(request.signal);
      const signer = { service: options.serviceName, region, credentials };
      await sign(request, signer, environment.epochMs());
    },
  };
}

interface Identity {
  readonly region: string;
  readonly credentials: AwsCredentials;
}

/** Fetches the identity that signs; the one that takes on a role is kept between its fetches. */
function identityFetcher(
  { region: configured, credentials, assumeRole }: AwsOptions,
  environment: AuthEnvironment,
  surroundings: AwsSurroundings,
): () => Promise<Grant<Identity>> {
  async function fetchOwn(): Promise<Grant<Identity>> {
    const region = configured ?? await surroundings.ambientRegion();
    if (credentials !== undefined) {
      return { value: { region, credentials }, expiresAtMs: undefined };
    }
    const { value, expiresAtMs } = await surroundings.ambientCredentials(region);
    return { value: { region, credentials: value }, expiresAtMs };
  }
  if (assumeRole === undefined) return fetchOwn;
  const own: Renewed<Identity> = renewed(fetchOwn, environment);
  return async () => {
    const caller = await own.get(new AbortController().signal);
    const role = await assumedRole(assumeRole, caller, environment.epochMs(), surroundings.fetch);
    return { ...role, value: { region: caller.region, credentials: role.value } };
  };
}
