import * as v from "valibot";
import type { Immutable } from "../../lib/immutable.ts";
import { closedObject } from "../../lib/closed_object.ts";
import { parseOrigin } from "../../lib/origin.ts";
import { later } from "../reference_keys.ts";
import { HeaderName } from "./headers.ts";
import { Duration } from "./text.ts";

const ORIGIN = 'must be "*" or an origin such as https://app.example.com or https://*.example.com';

const OriginPattern = v.pipe(
  v.string(ORIGIN),
  v.check((text) => text === "*" || parseOrigin(text) !== undefined, ORIGIN),
);

const METHOD = 'must be "*" or an HTTP method such as GET';

const Method = v.pipe(
  v.string(METHOD),
  v.check((text) => v.is(HeaderName, text), METHOD),
);

/** Which pages of other origins may call, from a browser. */
export const Cors = closedObject({
  allowOrigins: v.exactOptional(
    v.pipe(
      v.array(OriginPattern),
      v.description(
        "Origins whose pages may call: scheme, host and port; `*` in the host is any text, `*` " +
          "alone every origin.",
      ),
    ),
    [],
  ),
  allowMethods: v.exactOptional(
    v.pipe(
      v.array(Method),
      v.description("Methods that they may use; `*` for what they ask for."),
    ),
    [],
  ),
  allowHeaders: v.exactOptional(
    v.pipe(
      v.array(HeaderName),
      v.description("Request headers that they may send; `*` for what they ask for."),
    ),
    [],
  ),
  exposeHeaders: v.exactOptional(
    v.pipe(
      v.array(HeaderName),
      v.description("Headers of answers that they may read beside the few that browsers show."),
    ),
    [],
  ),
  allowCredentials: v.exactOptional(
    v.pipe(
      v.boolean(),
      v.description("Whether they may send cookies and the browser's own credentials."),
    ),
    false,
  ),
  maxAge: v.exactOptional(v.pipe(
    Duration,
    v.description("How long browsers may keep the answer to a preflight."),
  )),
}, later("CorsSerde"));

/** A CORS policy as it is written. */
export type CorsConfig = Immutable<v.InferOutput<typeof Cors>>;
