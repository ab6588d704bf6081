import { defined } from "../../lib/defined.ts";
import { credentialStep } from "./credential_step.ts";
import type { Grant } from "./renewed.ts";

/** Keys of an AWS identity. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/**
 * The credentials of the surroundings, by the order of AWS's own tools: environment, profiles, a
 * process, a web identity, and the metadata of containers and machines
 * (https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html).
 */
export async function ambientCredentials(region: string): Promise<Grant<AwsCredentials>> {
  return await credentialStep("AWS's default credential chain", async () => {
    const { defaultProvider } = await import("@aws-sdk/credential-provider-node");
    const found = await defaultProvider({ parentClientConfig: { region } })();
    const { accessKeyId, secretAccessKey, sessionToken, expiration } = found;
    return {
      value: { accessKeyId, secretAccessKey, ...defined({ sessionToken }) },
      expiresAtMs: expiration?.getTime(),
    };
  });
}

/** The region of the surroundings: `AWS_REGION`, else that of the profile. */
export async function ambientRegion(): Promise<string> {
  return await credentialStep("looking for an AWS region in the environment", async () => {
    const { loadConfig, NODE_REGION_CONFIG_FILE_OPTIONS, NODE_REGION_CONFIG_OPTIONS } =
      await import("@smithy/core/config");
    return await loadConfig(NODE_REGION_CONFIG_OPTIONS, NODE_REGION_CONFIG_FILE_OPTIONS)();
  });
}
