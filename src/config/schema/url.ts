import * as v from "valibot";

/** The address of an upstream; its parts are never quoted, for it could hold a password. */
export const BaseUrl = v.pipe(
  v.string("must be a URL such as https://example.com/v1"),
  v.rawCheck(({ dataset, addIssue }) => {
    const message = dataset.typed ? baseUrlProblem(dataset.value) : undefined;
    if (message !== undefined) addIssue({ message });
  }),
);

function baseUrlProblem(text: string): string | undefined {
  if (!URL.canParse(text)) return "must be a URL such as https://example.com/v1";
  const url = new URL(text);
  if (url.username !== "" || url.password !== "") return "must not hold a user or a password";
  if (text.includes("?")) return "must not hold a query";
  if (text.includes("#")) return "must not hold a fragment";
  if (url.hostname === "") return "must name a host, as in https://example.com/v1";
  const known = url.protocol === "http:" || url.protocol === "https:";
  return known || url.port !== "" ? undefined : "must name a port, or use http or https";
}

/** A path that takes the place of an API's own; it may carry a query. */
export const PathOverride = v.pipe(
  v.string("must be a path"),
  v.check((text) => /^\/[\x21-\x7e]*$/.test(text), 'must be a path that begins with "/"'),
);

/** What stands before an API's own path; empty for nothing. */
export const PathPrefix = v.pipe(
  v.string("must be a path"),
  v.check(
    (text) => /^(?:\/[\x21\x22\x24-\x3e\x40-\x7e]*)?$/.test(text),
    'must be a path that begins with "/", without query or fragment',
  ),
);
