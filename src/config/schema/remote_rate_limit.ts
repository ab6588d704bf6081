import * as v from "valibot";
import type { Immutable } from "../../lib/immutable.ts";
import { closedObject } from "../../lib/closed_object.ts";
import { closedWords } from "../../lib/closed_words.ts";
import { later } from "../reference_keys.ts";
import { exactlyOneOf } from "./checks.ts";
import { SERVER_KEYS, serverEntries } from "./server.ts";
import { Text } from "./text.ts";

const Entry = closedObject({
  key: v.pipe(Text, v.description("The key, as the service knows it.")),
  value: v.pipe(Text, v.description("CEL: its value for a request.")),
}, later("KV"));

const Descriptor = closedObject({
  entries: v.pipe(
    v.array(Entry),
    v.nonEmpty("must not be empty"),
    v.description("Keys and values; where one has no value, the descriptor is left out."),
  ),
  type: v.exactOptional(
    v.pipe(
      closedWords(["requests", "tokens"]),
      v.description(
        "What is counted: each request as one, or the tokens that a model reads and writes.",
      ),
    ),
    "requests",
  ),
  cost: v.exactOptional(v.pipe(
    Text,
    v.description(
      "CEL: what a request counts, as a whole number, in place of that; for tokens it is " +
        "evaluated at the end, and sees usage and price in `llm`.",
    ),
  )),
  limitOverride: v.exactOptional(v.pipe(
    Text,
    v.description(
      "CEL: the limit to apply in place of the service's own, as in " +
        '`{"unit": "minute", "requestsPerUnit": 100}`.',
    ),
  )),
}, later("DescriptorEntry"));

/** Asks a rate limit service whether requests are within its limits. */
export const RemoteRateLimit = v.pipe(
  closedObject({
    ...serverEntries,
    domain: v.pipe(Text, v.description("The domain of the limits at the service.")),
    descriptors: v.pipe(
      v.array(Descriptor),
      v.nonEmpty("must not be empty"),
      v.description("What the service is told of a request."),
    ),
    failureMode: v.exactOptional(
      v.pipe(
        closedWords(["failClosed", "failOpen", "FailClosed", "FailOpen"]),
        v.description(
          "What happens when the service cannot be asked: failClosed fails the request (500), " +
            "failOpen lets it pass.",
        ),
      ),
      "failClosed",
    ),
  }, later("RemoteRateLimit")),
  exactlyOneOf(SERVER_KEYS),
);

/** The policy as it is written; its defaults are filled in. */
export type RemoteRateLimitConfig = Immutable<v.InferOutput<typeof RemoteRateLimit>>;
