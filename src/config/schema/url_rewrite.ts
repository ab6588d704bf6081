import * as v from "valibot";
import type { Immutable } from "../../lib/immutable.ts";
import { closedObject } from "../../lib/closed_object.ts";
import { later } from "../reference_keys.ts";
import { HostRedirect, PathRedirect } from "./request_redirect.ts";

/** Changes where a request goes within its upstream. */
export const UrlRewrite = closedObject({
  authority: v.exactOptional(v.pipe(
    HostRedirect,
    v.description(
      "The host that the upstream is told; `auto`, the default, is its own, `none` the client's.",
    ),
  )),
  path: v.exactOptional(v.pipe(
    PathRedirect,
    v.description("The path that is asked for; by default the client's."),
  )),
}, later("UrlRewrite"));

/** A rewrite as it is written. */
export type UrlRewriteConfig = Immutable<v.InferOutput<typeof UrlRewrite>>;
