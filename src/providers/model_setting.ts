import * as v from "valibot";

/** The setting that every provider has: the model that it is asked for. */
export const modelSetting = v.exactOptional(
  v.pipe(
    v.string(),
    v.nonEmpty("must not be empty"),
    v.description("Model that is sent instead of the client's."),
  ),
);
