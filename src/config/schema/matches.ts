import * as v from "valibot";
import { closedObject } from "../../lib/closed_object.ts";
import { later } from "../reference_keys.ts";
import { exactlyOneOf } from "./checks.ts";
import { HeaderName } from "./headers.ts";
import { Regex, Text } from "./text.ts";

const PATH = 'must be a path that begins with "/"';

const Path = v.pipe(v.string(PATH), v.startsWith("/", PATH));

const PathMatch = v.pipe(
  closedObject({
    exact: v.exactOptional(v.pipe(Path, v.description("The whole path."))),
    pathPrefix: v.exactOptional(v.pipe(
      Path,
      v.description("Leading path segments: /v1 covers /v1 and /v1/models, not /v1beta."),
    )),
    regex: v.exactOptional(v.pipe(
      Regex,
      v.description("Regular expression (RE2) for the whole path."),
    )),
  }, later("PathMatch")),
  exactlyOneOf(["exact", "pathPrefix", "regex"]),
);

const HeaderValueMatch = v.pipe(
  closedObject({
    exact: v.exactOptional(v.pipe(v.string(), v.description("The whole value."))),
    regex: v.exactOptional(v.pipe(
      Regex,
      v.description("Regular expression (RE2) for the whole value."),
    )),
  }, later("HeaderValueMatch")),
  exactlyOneOf(["exact", "regex"]),
);

const QueryValueMatch = v.pipe(
  closedObject({
    exact: v.exactOptional(v.pipe(v.string(), v.description("The whole decoded value."))),
    regex: v.exactOptional(v.pipe(
      Regex,
      v.description("Regular expression (RE2) for the whole decoded value."),
    )),
  }, later("QueryValueMatch")),
  exactlyOneOf(["exact", "regex"]),
);

const PSEUDO_HEADERS = [":method", ":path", ":authority", ":scheme"];

const MATCHED = `must be a header name or one of ${PSEUDO_HEADERS.join(", ")}`;

const MatchedHeaderName = v.pipe(
  v.string(MATCHED),
  v.check((text) => PSEUDO_HEADERS.includes(text) || v.is(HeaderName, text), MATCHED),
);

/** A condition on one header of a request. */
export const HeaderMatch = closedObject({
  name: v.pipe(
    MatchedHeaderName,
    v.description(`Name of the header, or one of ${PSEUDO_HEADERS.join(", ")}.`),
  ),
  value: v.pipe(HeaderValueMatch, v.description("What its value has to be.")),
}, later("HeaderMatch"));

const QueryMatch = closedObject({
  name: v.pipe(Text, v.description("Name of the query parameter.")),
  value: v.pipe(QueryValueMatch, v.description("What its value has to be.")),
}, later("QueryMatch"));

const METHOD = "must be an HTTP method such as GET";

const Method = v.pipe(
  v.string(METHOD),
  v.check((text) => /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(text), METHOD),
);

/** Conditions on a request, all of which have to hold. */
export const RouteMatch = closedObject({
  path: v.exactOptional(
    v.pipe(PathMatch, v.description("The path, without the query.")),
    { pathPrefix: "/" },
  ),
  method: v.exactOptional(v.pipe(Method, v.description("The method, in its exact spelling."))),
  headers: v.exactOptional(v.pipe(v.array(HeaderMatch), v.description("Headers.")), []),
  query: v.exactOptional(v.pipe(v.array(QueryMatch), v.description("Query parameters.")), []),
}, later("RouteMatch"));
