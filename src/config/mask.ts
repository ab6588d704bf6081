import { isMapping } from "../lib/mapping.ts";
import { HeaderValues } from "./schema/headers.ts";
import { Config } from "./schema/index.ts";
import { Secret } from "./schema/secret.ts";

const MASK = "<redacted>";

/** Names of headers whose values are credentials, or look like it. */
const SECRET_HEADER = /authorization|cookie|key|token|secret|password|credential/i;

/**
 * A copy of a configuration without its secrets, to be shown.
 *
 * It follows the schema, so that a new field of type `Secret` is masked without a change here.
 */
export function maskSecrets(config: Config): unknown {
  return mask(config, Config);
}

function mask(value: unknown, schema: unknown): unknown {
  if (!isMapping(schema)) return value;
  const { pipe, wrapped, options, item, entries, value: member } = schema;
  if (Array.isArray(pipe)) return mask(value, pipe[0]);
  if (Object.is(schema, Secret)) return typeof value === "string" ? MASK : value;
  if (Object.is(schema, HeaderValues)) {
    return maskMembers(value, (name, text) => SECRET_HEADER.test(name) ? MASK : text);
  }
  if (isMapping(wrapped)) return mask(value, wrapped);
  if (Array.isArray(options)) return options.reduce(mask, value);
  if (isMapping(item)) return Array.isArray(value) ? value.map((one) => mask(one, item)) : value;
  if (isMapping(entries)) return maskMembers(value, (key, one) => mask(one, entries[key]));
  return isMapping(member) ? maskMembers(value, (_, one) => mask(one, member)) : value;
}

function maskMembers(value: unknown, change: (key: string, member: unknown) => unknown): unknown {
  if (!isMapping(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, change(key, member)]),
  );
}
