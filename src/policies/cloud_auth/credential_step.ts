import { GatewayError } from "../../errors.ts";

/** How long one step on the way to a credential may take. */
const STEP_MAX_MS = 5_000;

/**
 * Takes one step on the way to a credential.
 *
 * A failure becomes an error that names the step alone: the client sees it. What the library said
 * is in its cause, on one line and without the secrets that are known.
 */
export async function credentialStep<T>(
  step: string,
  take: () => Promise<T>,
  secrets: readonly (string | undefined)[] = [],
  stepMaxMs: number = STEP_MAX_MS,
): Promise<T> {
  const { promise: deadline, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`no answer within ${stepMaxMs} ms`)), stepMaxMs);
  try {
    return await Promise.race([take(), deadline]);
  } catch (error) {
    if (error instanceof GatewayError) throw error;
    throw new GatewayError(
      "upstream-unreachable",
      `cannot authorize the request to the provider: ${step} failed`,
      { cause: new Error(wording(error, secrets)) },
    );
  } finally {
    clearTimeout(timer);
  }
}

const WORDING_LENGTH_MAX = 300;

function wording(error: unknown, secrets: readonly (string | undefined)[]): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  let clean = text;
  for (const secret of secrets) if (secret) clean = clean.replaceAll(secret, "***");
  return clean.replaceAll(/\s+/g, " ").slice(0, WORDING_LENGTH_MAX);
}
