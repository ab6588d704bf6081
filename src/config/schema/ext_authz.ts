import * as v from "valibot";
import type { Immutable } from "../../lib/immutable.ts";
import { closedObject } from "../../lib/closed_object.ts";
import { closedWords } from "../../lib/closed_words.ts";
import { isMapping, mapping } from "../../lib/mapping.ts";
import { later } from "../reference_keys.ts";
import { wholeNumber } from "./address.ts";
import { exactlyOneOf, keyCheck } from "./checks.ts";
import { unionByShape } from "./decided_union.ts";
import { headerExpressions } from "./header_expressions.ts";
import { HeaderName } from "./headers.ts";
import { SERVER_KEYS, serverEntries } from "./server.ts";
import { Text } from "./text.ts";

/** How much of a body is sent where the configuration does not say. */
const BODY_BYTES = 8_192;

const CACHE_ENTRIES = 10_000;

const PSEUDO_HEADERS = [":method", ":path", ":scheme", ":authority"];

const HEADER = `must be a header name, or one of ${PSEUDO_HEADERS.join(", ")}`;

const HeaderOrPseudo = v.pipe(
  v.string(HEADER),
  v.check((text) => PSEUDO_HEADERS.includes(text) || v.is(HeaderName, text), HEADER),
);

const ByName = mapping(Text, Text);

const Http = closedObject({
  path: v.exactOptional(v.pipe(
    Text,
    v.description(
      "CEL: path and query of the request to the service; those of the client's by default.",
    ),
  )),
  redirect: v.exactOptional(v.pipe(
    Text,
    v.description("CEL: where the client is sent (302) when the service answers 401."),
  )),
  body: v.exactOptional(v.pipe(
    Text,
    v.description(
      "CEL: the body of the request to the service, in place of the client's: text and bytes as " +
        "they are, all else as JSON.",
    ),
  )),
  includeResponseHeaders: v.exactOptional(
    v.pipe(
      v.array(HeaderName),
      v.description("Headers of an answer that allows, which the upstream gets as well."),
    ),
    [],
  ),
  addRequestHeaders: v.exactOptional(v.pipe(
    headerExpressions(),
    v.description(
      "CEL: headers of the request to the service, by name; one that has no value is left out.",
    ),
  )),
  metadata: v.exactOptional(v.pipe(
    ByName,
    v.description(
      "CEL: values of the variable `extauthz`, by name; `response` is the service's answer.",
    ),
  )),
}, later("ExtAuthzProtocol.http"));

const Grpc = closedObject({
  context: v.exactOptional(v.pipe(
    mapping(Text, v.string()),
    v.description("Texts that the service gets with every check, as `context_extensions`."),
  )),
  metadata: v.exactOptional(v.pipe(
    ByName,
    v.description(
      "CEL: values that the service gets as `metadata_context.filter_metadata`, by name.",
    ),
  )),
}, later("ExtAuthzProtocol.grpc"));

const Protocol = v.pipe(
  closedObject({
    grpc: v.exactOptional(
      v.pipe(Grpc, v.description("Envoy's protocol of external authorization.")),
    ),
    http: v.exactOptional(v.pipe(Http, v.description("A plain request, which 2xx allows."))),
  }, later("ExtAuthzProtocol")),
  exactlyOneOf(["grpc", "http"]),
);

const FailureMode = unionByShape(
  [
    closedWords(["allow", "deny"]),
    closedObject({
      denyWithStatus: v.pipe(
        wholeNumber(400, 599),
        v.description("The HTTP status that clients get."),
      ),
    }, later("ExtAuthzFailureMode")),
  ],
  'expected "allow", "deny" or {denyWithStatus: status}',
);

const BodyOptions = closedObject({
  maxRequestBytes: v.exactOptional(
    v.pipe(
      wholeNumber(1, 2 ** 32 - 1),
      v.description("How long a body may be; the client gets a 413 for a longer one."),
    ),
    BODY_BYTES,
  ),
  allowPartialMessage: v.exactOptional(
    v.pipe(
      v.boolean(),
      v.description("Whether of a longer one the beginning is sent, in place of the 413."),
    ),
    false,
  ),
  packAsBytes: v.exactOptional(
    v.pipe(
      v.boolean(),
      v.description("With grpc: whether it is sent as `raw_body`, and not as text in `body`."),
    ),
    false,
  ),
}, later("BodyOptions"));

const Cache = closedObject({
  key: v.pipe(
    v.array(Text),
    v.nonEmpty("must not be empty"),
    v.description(
      "CEL: what decisions depend on. Requests for which all of these have the same values share " +
        "a decision; where one has no value, the service is asked.",
    ),
  ),
  ttl: v.pipe(
    Text,
    v.description(
      'CEL: how long a decision holds, such as `duration("1m")`, or until which time.',
    ),
  ),
  maxEntries: v.exactOptional(
    v.pipe(wholeNumber(1), v.description("How many decisions are remembered.")),
    CACHE_ENTRIES,
  ),
}, later("CacheConfig"));

/** Asks a service whether requests are let in. */
export const ExtAuthz = v.pipe(
  closedObject({
    ...serverEntries,
    protocol: v.exactOptional(
      v.pipe(Protocol, v.description("How the service is asked: {grpc: ...} or {http: ...}.")),
      { grpc: {} },
    ),
    failureMode: v.exactOptional(
      v.pipe(
        FailureMode,
        v.description(
          "What happens when the service cannot be asked or fails: deny (403), allow, or " +
            "{denyWithStatus: status}.",
        ),
      ),
      "deny",
    ),
    includeRequestHeaders: v.exactOptional(v.pipe(
      v.array(HeaderOrPseudo),
      v.description(
        "Headers of the client's request that the service gets; by default all with grpc, and " +
          "Authorization with http.",
      ),
    )),
    includeRequestBody: v.exactOptional(v.pipe(
      BodyOptions,
      v.description("Sends the client's body along; without it the service gets none."),
    )),
    cache: v.exactOptional(v.pipe(Cache, v.description("Remembers decisions."))),
  }, later("ExtAuthz")),
  exactlyOneOf(SERVER_KEYS),
  keyCheck(({ protocol, includeRequestHeaders }) => {
    const isHttp = isMapping(protocol) && Object.hasOwn(protocol, "http");
    if (!isHttp || !Array.isArray(includeRequestHeaders)) return [];
    return includeRequestHeaders
      .filter((name) => PSEUDO_HEADERS.includes(name))
      .map((name) => ({
        path: ["includeRequestHeaders"],
        message: `${name} is for grpc: with http, give it a name under addRequestHeaders`,
      }));
  }),
);

/** The policy as it is written; its defaults are filled in. */
export type ExtAuthzConfig = Immutable<v.InferOutput<typeof ExtAuthz>>;
