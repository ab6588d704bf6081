import * as v from "valibot";
import type { Immutable } from "../../lib/immutable.ts";
import { closedObject } from "../../lib/closed_object.ts";
import { closedWords } from "../../lib/closed_words.ts";
import { later } from "../reference_keys.ts";
import { parseHostPort, Port } from "./address.ts";
import { exactlyOneOf } from "./checks.ts";
import { unionByShape } from "./decided_union.ts";
import { PathPrefix } from "./url.ts";

const HOST = "must be a host name or an IP address, without a port";
const AUTHORITY = "must be host or host:port";

const Host = v.pipe(v.string(HOST), v.check((text) => isHost(text), HOST));

const Authority = v.pipe(
  v.string(AUTHORITY),
  v.check((text) => isHost(text) || parseHostPort(text) !== undefined, AUTHORITY),
);

function isHost(text: string): boolean {
  return parseHostPort(`${text}:1`) !== undefined;
}

/** What becomes of the host and the port that the client called. */
export const HostRedirect = unionByShape(
  [
    closedWords(["auto", "none"]),
    v.pipe(
      closedObject({
        full: v.exactOptional(v.pipe(Authority, v.description("Host and port in their place."))),
        host: v.exactOptional(v.pipe(Host, v.description("Another host; the port stays."))),
        port: v.exactOptional(v.pipe(Port, v.description("Another port; the host stays."))),
      }, later("HostRedirect")),
      exactlyOneOf(["full", "host", "port"]),
    ),
  ],
  'expected "auto", "none", {full: host:port}, {host: name} or {port: number}',
);

/** What becomes of the host and the port, as it is written. */
export type HostRedirectConfig = v.InferOutput<typeof HostRedirect>;

const PATH = 'must be a path that begins with "/", without query or fragment';

/** What becomes of the path; the query stays. */
export const PathRedirect = v.pipe(
  closedObject({
    full: v.exactOptional(v.pipe(
      v.string(PATH),
      v.check((text) => text !== "" && v.is(PathPrefix, text), PATH),
      v.description("Another path in place of the whole."),
    )),
    prefix: v.exactOptional(v.pipe(
      PathPrefix,
      v.description("What stands in place of the prefix by which the route was found."),
    )),
  }, later("PathRedirect")),
  exactlyOneOf(["full", "prefix"]),
);

/** What becomes of the path, as it is written. */
export type PathRedirectConfig = Immutable<v.InferOutput<typeof PathRedirect>>;

const STATUSES = [301, 302, 303, 307, 308];

const STATUS = `expected one of ${STATUSES.join(", ")}`;

/** Sends clients elsewhere. */
export const RequestRedirect = closedObject({
  scheme: v.exactOptional(v.pipe(
    closedWords(["http", "https"]),
    v.description("The scheme to send clients to; by default the one that they used."),
  )),
  authority: v.exactOptional(v.pipe(
    HostRedirect,
    v.description("The host and the port to send them to; by default those that they called."),
  )),
  path: v.exactOptional(v.pipe(
    PathRedirect,
    v.description("The path to send them to; by default the one that they asked for."),
  )),
  status: v.exactOptional(
    v.pipe(
      v.number(STATUS),
      v.check((status) => STATUSES.includes(status), STATUS),
      v.description("The status of the answer: 301, 302, 303, 307 or 308."),
    ),
    302,
  ),
}, later("RequestRedirect"));

/** A redirect as it is written. */
export type RequestRedirectConfig = Immutable<v.InferOutput<typeof RequestRedirect>>;
