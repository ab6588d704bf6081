import { presets, providerKinds } from "../providers/index.ts";
import type { CredentialLocation } from "../policies/credential.ts";
import type { AuthConfig, ProblemPath, ProviderConfig, SecretConfig } from "./normalised.ts";

/** A provider as the schema lets it be written: a word, or settings under its kind. */
type WrittenProvider = string | Readonly<Record<string, unknown>>;

/** Resolves the ways to write a provider; `preset` is the address that a preset brings. */
export function providerOf(
  written: WrittenProvider,
  sharedName?: string,
): { readonly provider: ProviderConfig; readonly preset?: string } {
  if (typeof written === "object") {
    const [entry] = Object.entries(written).filter(([, settings]) => settings !== undefined);
    const [kind, settings] = entry ?? ["custom", {}];
    return { provider: { kind, settings: namedBy(sharedName, kind, settings) } };
  }
  const preset = Object.hasOwn(presets, written) ? presets[written] : undefined;
  if (preset === undefined) {
    const kind = providerKinds.find(({ shortNames }) => shortNames.includes(written));
    return { provider: { kind: kind?.type ?? written, settings: {} } };
  }
  const path = preset.completionsPath;
  const format = { type: "completions", ...(path === undefined ? {} : { path }) };
  return {
    provider: { kind: "custom", settings: { formats: [format], providerOverride: written } },
    preset: preset.baseUrl,
  };
}

/** A shared provider of one's own is known by its name in telemetry. */
function namedBy(name: string | undefined, kind: string, settings: unknown): unknown {
  if (name === undefined || kind !== "custom" || typeof settings !== "object") return settings;
  return { providerOverride: name, ...settings };
}

/** Where a base URL leads: its `host:port`, its path if there is one, and whether by TLS. */
interface UrlParts {
  readonly tls: boolean;
  readonly host?: string;
  readonly prefix?: string;
}

/** What a base URL says. */
export function urlParts(baseUrl: string | undefined): UrlParts {
  if (baseUrl === undefined) return { tls: false };
  const { protocol, hostname, port, pathname } = new URL(baseUrl);
  const prefix = pathname.replace(/\/+$/, "");
  return {
    tls: protocol === "https:",
    host: `${hostname}:${port || (protocol === "https:" ? "443" : "80")}`,
    ...(prefix === "" ? {} : { prefix }),
  };
}

/** A `backendAuth` as the schema lets it be written. */
interface WrittenAuth {
  readonly key?: SecretConfig | {
    readonly value: SecretConfig;
    readonly location?: CredentialLocation | undefined;
  };
  readonly passthrough?: object;
}

/** The secret of a `backendAuth`, wherever it stands; `passthrough` adds none. */
export function authConfig(
  written: WrittenAuth | undefined,
  at: ProblemPath,
): AuthConfig | undefined {
  const key = written?.key;
  if (key === undefined) return undefined;
  if (typeof key === "object" && "value" in key) {
    return { at: [...at, "key", "value"], secret: key.value, location: key.location };
  }
  return { at: [...at, "key"], secret: key };
}
