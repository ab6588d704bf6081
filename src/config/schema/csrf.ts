import * as v from "valibot";
import type { Immutable } from "../../lib/immutable.ts";
import { closedObject } from "../../lib/closed_object.ts";
import { parseOrigin } from "../../lib/origin.ts";
import { later } from "../reference_keys.ts";

const ORIGIN = "must be an origin such as https://app.example.com";

const ExactOrigin = v.pipe(
  v.string(ORIGIN),
  v.check((text) => !text.includes("*") && parseOrigin(text) !== undefined, ORIGIN),
);

/** Which pages may send a browser's requests that change something. */
export const Csrf = closedObject({
  additionalOrigins: v.exactOptional(
    v.pipe(
      v.array(ExactOrigin),
      v.description("Origins that are trusted beside the gateway's own, without wildcards."),
    ),
    [],
  ),
}, later("Csrf"));

/** A CSRF policy as it is written. */
export type CsrfConfig = Immutable<v.InferOutput<typeof Csrf>>;
