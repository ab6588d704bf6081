import * as v from "valibot";
import type { Immutable } from "../../lib/immutable.ts";
import { closedObject } from "../../lib/closed_object.ts";
import { closedWords } from "../../lib/closed_words.ts";
import { mapping } from "../../lib/mapping.ts";
import { later } from "../reference_keys.ts";
import { exactlyOneOf } from "./checks.ts";
import { keyLimitEntries } from "./key_limits.ts";
import { ReadLocation } from "./read_location.ts";
import { Secret } from "./secret.ts";
import { Text } from "./text.ts";

const HASH = 'must be "sha256:" followed by 64 hexadecimal digits';
const INSTANT = 'must be a date and time with a zone, such as "2030-01-31T12:00:00Z"';

const ApiKey = v.pipe(
  closedObject({
    key: v.exactOptional(v.pipe(
      Secret,
      v.description("The key that a client sends: a string, or {file: path}."),
    )),
    keyHash: v.exactOptional(v.pipe(
      v.string(HASH),
      v.check((text) => /^sha256:[\da-f]{64}$/i.test(text), HASH),
      v.description("In place of the key its SHA-256, as `sha256:` and 64 hexadecimal digits."),
    )),
    metadata: v.exactOptional(v.pipe(
      mapping(v.string(), v.unknown()),
      v.description("What expressions and logs may know of the key, as `apiKey.<name>`."),
    )),
    allowedModels: v.exactOptional(v.pipe(
      v.array(Text),
      v.description(
        "Models that the key may ask for: names, `prefix*`, `*suffix` or `*`; [] is none, and " +
          "without the list all are allowed.",
      ),
    )),
    expiresAt: v.exactOptional(v.pipe(
      v.string(INSTANT),
      v.check(isInstant, INSTANT),
      v.description("Date and time from which the key is refused."),
    )),
    ...keyLimitEntries,
  }, later("LocalAPIKey")),
  exactlyOneOf(["key", "keyHash"]),
);

/** Who the client is, by a key that the gateway knows. */
export const ApiKeyPolicy = closedObject({
  keys: v.pipe(v.array(ApiKey), v.description("The keys that are known.")),
  mode: v.exactOptional(v.pipe(
    closedWords(["strict", "optional", "permissive"]),
    v.description(
      "strict wants a known key; optional (default) also lets in requests without any; " +
        "permissive refuses none.",
    ),
  )),
  location: v.exactOptional(v.pipe(
    ReadLocation,
    v.description(
      "Where the key stands; by default a bearer token, or where the SDKs of providers put it.",
    ),
  )),
}, later("LocalAPIKeys"));

/** One key as it is written. */
export type ApiKeyEntryConfig = Immutable<v.InferOutput<typeof ApiKey>>;

/** The policy as it is written. */
export type ApiKeyConfig = Immutable<v.InferOutput<typeof ApiKeyPolicy>>;

const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})$/;

/** Whether a text is an instant; a 31st of February, which `Date` would take for March, is none. */
function isInstant(text: string): boolean {
  if (!DATE_TIME.test(text) || Number.isNaN(Date.parse(text))) return false;
  const day = Date.parse(`${text.slice(0, 10)}T00:00:00Z`);
  return new Date(day).toISOString().startsWith(text.slice(0, 10));
}
