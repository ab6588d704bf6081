import type { TokenCredential, TokenCredentialOptions } from "@azure/identity";
import { credentialStep } from "./credential_step.ts";
import type { Grant } from "./renewed.ts";

/** Who asks for a token. */
export type EntraIdentity =
  | {
    /**
     * What the surroundings offer, which is variables of a service principal, a workload's token,
     * a managed identity, or a developer's tools; or the tools or the workload's token alone.
     */
    readonly kind: "implicit" | "developer" | "workload";
  }
  | {
    readonly kind: "clientSecret";
    readonly tenantId: string;
    readonly clientId: string;
    readonly clientSecret: string;
  }
  | {
    /** The system's own, or that of one of these ids. */
    readonly kind: "managed";
    readonly clientId?: string | undefined;
    readonly objectId?: string | undefined;
    readonly resourceId?: string | undefined;
  };

/** Fetches a token (https://learn.microsoft.com/entra/identity-platform/). */
export async function entraToken(
  identity: EntraIdentity,
  scope: string,
  transport: Pick<TokenCredentialOptions, "httpClient"> = {},
): Promise<Grant<string>> {
  const secrets = identity.kind === "clientSecret" ? [identity.clientSecret] : [];
  return await credentialStep(STEPS[identity.kind], async () => {
    const credential = await credentialOf(identity, transport);
    const found = await credential.getToken(scope);
    if (found === null) throw new Error("no token");
    return { value: found.token, expiresAtMs: found.expiresOnTimestamp };
  }, secrets);
}

const STEPS: Readonly<Record<EntraIdentity["kind"], string>> = {
  implicit: "finding an Entra identity in the environment",
  developer: "getting an Entra token from the command line tools",
  workload: "getting an Entra token for the workload identity",
  clientSecret: "getting an Entra token for the client secret",
  managed: "getting an Entra token for the managed identity",
};

/** Once or twice more is all that there is time for. */
const RETRIES = { retryOptions: { maxRetries: 1, maxRetryDelayInMs: 500 } };

async function credentialOf(
  identity: EntraIdentity,
  transport: Pick<TokenCredentialOptions, "httpClient">,
): Promise<TokenCredential> {
  const entra = await import("@azure/identity");
  const options = { ...RETRIES, ...transport };
  switch (identity.kind) {
    case "clientSecret": {
      const { tenantId, clientId, clientSecret } = identity;
      return new entra.ClientSecretCredential(tenantId, clientId, clientSecret, options);
    }
    case "workload":
      return new entra.WorkloadIdentityCredential(options);
    case "managed": {
      const { clientId, objectId, resourceId } = identity;
      if (clientId !== undefined) {
        return new entra.ManagedIdentityCredential({ ...options, clientId });
      }
      if (resourceId !== undefined) {
        return new entra.ManagedIdentityCredential({ ...options, resourceId });
      }
      return objectId === undefined
        ? new entra.ManagedIdentityCredential(options)
        : new entra.ManagedIdentityCredential({ ...options, objectId });
    }
    case "developer":
      return new entra.ChainedTokenCredential(
        new entra.AzureCliCredential(),
        new entra.AzureDeveloperCliCredential(),
      );
    case "implicit":
      return new entra.DefaultAzureCredential(options);
  }
}
