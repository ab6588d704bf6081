import type { ProblemPath } from "../../config/normalised.ts";
import type { ApiKeyConfig, ApiKeyEntryConfig } from "../../config/schema/api_key.ts";
import { allowedModels, modelPattern } from "../../policies/auth/allowed_models.ts";
import {
  API_KEY_PLACES,
  apiKey,
  type ApiKeyEntry,
  keyHash,
  keyId,
} from "../../policies/auth/api_key.ts";
import type { Policy } from "../../policies/policy.ts";
import type { KnownKey } from "../../policies/subject.ts";
import type { CompileContext } from "../compile_context.ts";
import { compileAuthMode } from "./auth_mode.ts";
import type { LimitedKey } from "./key_limits.ts";
import { compileReadLocation } from "./read_location.ts";

/** One key of a policy with its limits, which policies of their own hold it to. */
export interface CompiledKey extends LimitedKey {
  readonly entry: ApiKeyEntry;
}

/** Compiles the policy. */
export function compileApiKey(
  settings: ApiKeyConfig,
  at: ProblemPath,
  context: CompileContext,
): Policy | undefined {
  const keys = compileKeys(settings, at, context);
  const source = compileReadLocation(
    settings.location,
    API_KEY_PLACES,
    [...at, "location"],
    context,
  );
  const mode = compileAuthMode(settings.mode, "an API key", at, context);
  if (source === undefined) return undefined;
  const { epochMs } = context.environment;
  return apiKey({ keys: keys.map(({ entry }) => entry), mode, source, epochMs });
}

/** The keys of a policy, as `compileKeyLimits` takes them; those with problems are left out. */
export function compileKeys(
  { keys }: ApiKeyConfig,
  at: ProblemPath,
  context: CompileContext,
): readonly CompiledKey[] {
  const firstWith = new Map<string, number>();
  return keys.flatMap((key, index) => {
    const keyAt = [...at, "keys", index];
    const entry = compileEntry(key, keyAt, context);
    if (entry === undefined) return [];
    const first = firstWith.get(entry.hash);
    if (first !== undefined) {
      context.problems.push({
        path: [...keyAt, key.key === undefined ? "keyHash" : "key"],
        message: `must be another key than that of keys[${first}]`,
      });
      return [];
    }
    firstWith.set(entry.hash, index);
    return [{ id: entry.known.id, at: keyAt, settings: key, entry }];
  });
}

function compileEntry(
  config: ApiKeyEntryConfig,
  at: ProblemPath,
  context: CompileContext,
): ApiKeyEntry | undefined {
  const hash = compileHash(config, at, context);
  const models = compileModels(config.allowedModels, [...at, "allowedModels"], context);
  const metadata = config.metadata ?? {};
  if (Object.hasOwn(metadata, "key")) {
    context.problems.push({
      path: [...at, "metadata", "key"],
      message: "must have another name: `apiKey.key` is the key itself",
    });
  }
  if (hash === undefined || models === undefined) return undefined;
  const expiresAtMs = config.expiresAt === undefined ? undefined : Date.parse(config.expiresAt);
  return { hash, known: { id: keyId(hash), metadata, ...models }, expiresAtMs };
}

function compileHash(
  { key, keyHash: hash }: ApiKeyEntryConfig,
  at: ProblemPath,
  context: CompileContext,
): string | undefined {
  if (hash !== undefined) return hash.slice("sha256:".length).toLowerCase();
  if (key === undefined) return undefined;
  const path = [...at, "key"];
  const value = context.secret(key, path);
  if (value === undefined) return undefined;
  if (!/[^\x20-\x7e]/.test(value)) return keyHash(value);
  context.problems.push({ path, message: "must be printable ASCII to fit in a header" });
  return undefined;
}

type Models = Pick<KnownKey, "allowsModel" | "allowedNames">;

function compileModels(
  texts: readonly string[] | undefined,
  at: ProblemPath,
  context: CompileContext,
): Models | undefined {
  if (texts === undefined) return allowedModels(undefined);
  const patterns = texts.map((text, index) => {
    const pattern = modelPattern(text);
    const message = pattern === undefined
      ? "must be a name, `prefix*`, `*suffix` or `*`"
      : text === "*" && texts.length > 1
      ? "`*` allows every model, and must stand alone"
      : undefined;
    if (message !== undefined) context.problems.push({ path: [...at, index], message });
    return message === undefined ? pattern : undefined;
  }).filter((pattern) => pattern !== undefined);
  return patterns.length === texts.length ? allowedModels(patterns) : undefined;
}
