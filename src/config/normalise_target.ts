import { presets, providerKinds } from "../providers/index.ts";
import type { Mapping } from "../lib/mapping.ts";
import type { ProviderConfig } from "./normalised.ts";
import { settingsOf } from "./schema/provider_params.ts";

/** A provider as the schema lets it be written: a word, or settings under its kind. */
type WrittenProvider = string | Mapping;

/** What else the way to write a provider may depend on. */
interface Surroundings {
  /** The name of a shared provider. */
  readonly name?: string | undefined;
  /** The `params` that stand beside a word. */
  readonly params?: Mapping;
}

/** Resolves the ways to write a provider; `preset` is the address that a preset brings. */
export function providerOf(
  written: WrittenProvider,
  { name, params = {} }: Surroundings = {},
): { readonly provider: ProviderConfig; readonly preset?: string } {
  if (typeof written === "object") {
    const [entry] = Object.entries(written).filter(([, settings]) => settings !== undefined);
    const [kind, settings] = entry ?? ["custom", {}];
    return { provider: { kind, settings: namedBy(name, kind, settings) } };
  }
  const preset = Object.hasOwn(presets, written) ? presets[written] : undefined;
  if (preset === undefined) {
    const kind = providerKinds.find(({ shortNames }) => shortNames.includes(written));
    return {
      provider: {
        kind: kind?.type ?? written,
        settings: kind === undefined ? {} : settingsOf(kind, params),
      },
    };
  }
  const { baseUrl, formats } = preset;
  return {
    provider: { kind: "custom", settings: { formats, providerOverride: written } },
    preset: baseUrl,
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
