import * as v from "valibot";

const SecretFile = v.strictObject({
  file: v.pipe(
    v.string(),
    v.nonEmpty("must not be empty"),
    v.description("Path of a file that holds the secret; space around it is dropped."),
  ),
});

/**
 * A value that no message and no dump may show: hence its own words, without what was found, and a
 * plain union, whose issue does not name keys.
 */
export const Secret = v.union(
  [v.pipe(v.string(), v.nonEmpty("must not be empty")), SecretFile],
  "must be a string or {file: path}",
);
