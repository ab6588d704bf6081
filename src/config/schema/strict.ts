import * as v from "valibot";

/** The setting that makes losses of a translation errors. */
export const strict = v.exactOptional(v.pipe(
  v.boolean(),
  v.description(
    "Whether a request is refused where its translation to the provider's API loses something.",
  ),
));
