import { declaredLength } from "../lib/read_body.ts";
import type { RequestHead } from "../lib/request_head.ts";
import type { Callout } from "./callout.ts";
import type { Policy } from "./policy.ts";
import { occasionalWarning } from "./shared/occasional_warning.ts";
import type { Subject } from "./subject.ts";

/** Which requests are copied, and to where. */
export interface MirrorSettings {
  readonly callout: Callout;
  /** From 0 to 1. */
  readonly fraction: number;
  /** The largest body of a request that the gateway gathers. */
  readonly bodyBytesMax: number;
  /** How long a copy may take, with the answer to it. */
  readonly copyMsMax: number;
  /** Where the configuration asks for it. */
  readonly place: string;
  readonly environment: {
    now(): number;
    random(): number;
    warn(scope: string, message: string): void;
  };
}

/** Copies that may be under way at once; what comes beyond them is not copied. */
const IN_FLIGHT_MAX = 64;

/** Sends copies of requests to another server, whose answers nobody gets. */
export function requestMirror(settings: MirrorSettings): Policy {
  const { fraction, bodyBytesMax, place, environment } = settings;
  const warn = occasionalWarning({
    now: () => environment.now(),
    tell(reason, times) {
      const requests = times === 1 ? "a request was" : `${times} requests were`;
      environment.warn("requestMirror", `${place}: ${requests} not mirrored: ${reason}`);
    },
  });
  let inFlight = 0;
  const copy = async (subject: Subject) => {
    inFlight++;
    try {
      await send(subject, settings);
    } catch (cause) {
      warn(cause instanceof Error ? cause.message : String(cause));
    } finally {
      inFlight--;
    }
  };
  return {
    name: "requestMirror",
    apply(subject) {
      if (environment.random() >= fraction) return undefined;
      if (inFlight >= IN_FLIGHT_MAX) warn(`${IN_FLIGHT_MAX} copies are under way`);
      else if (mayGather(subject.head, bodyBytesMax)) void copy(subject);
      else warn("a body that is encoded, too large or of unknown length cannot be copied");
      return undefined;
    },
  };
}

const BODILESS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "DELETE"]);

function hasBody({ method, headers }: RequestHead): boolean {
  return headers.has("content-length") || headers.has("transfer-encoding") ||
    !BODILESS.has(method);
}

/** Gathering a body that is too large, or cannot be unfolded, would fail the request itself. */
function mayGather(head: RequestHead, bytesMax: number): boolean {
  if (!hasBody(head)) return true;
  if (head.headers.has("content-encoding")) return false;
  return (declaredLength(head.headers) ?? Infinity) <= bytesMax;
}

/** One copy; the client does not wait for it, and may leave before it has ended. */
async function send(
  subject: Subject,
  { callout, copyMsMax }: MirrorSettings,
): Promise<void> {
  const { head } = subject;
  const body = hasBody(head) ? await subject.body() : null;
  const controller = new AbortController();
  const late = () => controller.abort(new Error(`no end within ${copyMsMax} ms`));
  const timer = setTimeout(late, copyMsMax);
  try {
    const response = await callout({
      method: head.method,
      path: head.path + queryWithoutSecrets(head.query),
      headers: copiedHeaders(head.headers),
      body: body === null || body.length === 0 ? null : body,
      signal: controller.signal,
    });
    // An answer that is read to its end leaves its connection to the next copy.
    for await (const _ of response.body ?? []);
  } finally {
    clearTimeout(timer);
  }
}

/** Headers of the connection, and those with which clients show who they are. */
const NOT_COPIED: ReadonlySet<string> = new Set([
  "accept-encoding",
  "api-key",
  "authorization",
  "connection",
  "content-length",
  "cookie",
  "expect",
  "host",
  "keep-alive",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "x-amz-security-token",
  "x-api-key",
  "x-goog-api-key",
]);

function copiedHeaders(headers: Headers): Readonly<Record<string, string>> {
  const ofConnection = new Set(
    (headers.get("connection") ?? "").toLowerCase().split(",").map((name) => name.trim()),
  );
  return Object.fromEntries(
    [...headers].filter(([name]) => !NOT_COPIED.has(name) && !ofConnection.has(name)),
  );
}

const SECRET_PARAMETER = /^(?:key|token|(?:api|access|auth)[-_.]?(?:key|token))=/i;

/** Some APIs take the client's key in the query. */
function queryWithoutSecrets(query: string): string {
  if (query === "") return "";
  const kept = query.slice(1).split("&").filter((pair) => !SECRET_PARAMETER.test(decoded(pair)));
  return kept.length === 0 ? "" : `?${kept.join("&")}`;
}

/** A server would decode `k%65y` before it looks for `key`. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
