import * as v from "valibot";
import type { Immutable } from "../../lib/immutable.ts";
import { closedObject } from "../../lib/closed_object.ts";
import { closedWords } from "../../lib/closed_words.ts";
import { later } from "../reference_keys.ts";
import { headerExpressions } from "./header_expressions.ts";
import { HeaderName } from "./headers.ts";
import { HeaderMatch } from "./matches.ts";
import { Server } from "./server.ts";

/** Whether what a guard could not judge goes on. */
export const GuardFailureMode = v.pipe(
  closedWords(["failClosed", "failOpen"]),
  v.description(
    "What happens when the guard cannot be asked: failClosed (default) fails the request, " +
      "failOpen lets it pass.",
  ),
);

const ForwardedHeader = closedObject({
  name: v.pipe(HeaderName, v.description("Name of the header.")),
  value: HeaderMatch.entries.value,
}, later("HeaderMatch"));

/** A server of one's own that judges texts. */
export const WebhookGuard = closedObject({
  target: v.pipe(
    Server,
    v.description("The server, which gets POST /request and POST /response."),
  ),
  headers: v.exactOptional(v.pipe(
    headerExpressions([":path", ":method", ":authority"]),
    v.description(
      "Headers of the call: CEL by name, evaluated on the client's request; also :path, :method " +
        "and :authority. One that fails is left out.",
    ),
  )),
  forwardHeaderMatches: v.exactOptional(v.pipe(
    v.array(ForwardedHeader),
    v.description(
      "Headers of the client's request that the server gets too, if their value matches; for " +
        "guards of answers, those of the model's answer. None by default.",
    ),
  )),
  failureMode: v.exactOptional(GuardFailureMode),
}, later("Webhook"));

/** The server as it is written. */
export type WebhookGuardConfig = Immutable<v.InferOutput<typeof WebhookGuard>>;
