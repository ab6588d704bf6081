import * as v from "valibot";
import type { Immutable } from "../../lib/immutable.ts";
import { closedObject } from "../../lib/closed_object.ts";
import { closedWords } from "../../lib/closed_words.ts";
import { Secret } from "./secret.ts";
import { LongDuration, Text } from "./text.ts";

/** A Redis that several gateways count in together. */
export const Redis = closedObject({
  url: v.pipe(
    Secret,
    v.description(
      "Address of the server, `redis://user:password@host:6379/0`, or `rediss:` for TLS: a " +
        "string, or {file: path}.",
    ),
  ),
  failureMode: v.exactOptional(
    v.pipe(
      closedWords(["failClosed", "failOpen"]),
      v.description(
        "What becomes of limited requests while the server is away: they are refused, or each " +
          "gateway counts for itself.",
      ),
    ),
    "failClosed",
  ),
  timeout: v.exactOptional(
    v.pipe(
      LongDuration,
      v.description("How long a request waits for an answer before the server counts as away."),
    ),
    "250ms",
  ),
  keyPrefix: v.exactOptional(
    v.pipe(
      Text,
      v.description(
        "What the names of all keys begin with; gateways with equal ones share limits.",
      ),
    ),
    "agentgateway:",
  ),
}, []);

/** A Redis as it is written; its defaults are filled in. */
export type RedisConfig = Immutable<v.InferOutput<typeof Redis>>;
