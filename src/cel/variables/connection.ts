import { Duration } from "../values/duration.ts";
import { Fields, type FieldTable } from "../values/fields.ts";

/** The client's end of a connection as expressions may look at it. */
export interface SourceView {
  /** `ip:port`, as told by a trusted proxy where there is one. */
  readonly peer: string;
  /** `ip:port` at the other end of the connection itself; by default the same. */
  readonly rawPeer?: string | undefined;
  /** What is known by the client's certificate. */
  readonly certificate?: CertificateView | undefined;
}

/** What a client's certificate says. */
export interface CertificateView {
  readonly subject?: string | undefined;
  readonly subjectCn?: string | undefined;
  readonly issuer?: string | undefined;
  readonly subjectAltNames?: readonly string[] | undefined;
  readonly spiffeId?: string | undefined;
  readonly identity?: {
    readonly trustDomain: string;
    readonly namespace: string;
    readonly serviceAccount: string;
  } | undefined;
  /** In PEM. */
  readonly certificate?: string | undefined;
}

/** What `source` is in expressions. */
export function sourceVariable(source: SourceView): unknown {
  return new Fields(sourceFields, source);
}

const sourceFields: FieldTable<SourceView> = {
  address: ({ peer }) => addressOf(peer),
  port: ({ peer }) => portOf(peer),
  rawAddress: ({ peer, rawPeer }) => addressOf(rawPeer ?? peer),
  rawPort: ({ peer, rawPeer }) => portOf(rawPeer ?? peer),
  identity: ({ certificate }) => certificate?.identity,
  spiffeId: ({ certificate }) => certificate?.spiffeId,
  subjectAltNames: ({ certificate }) => certificate?.subjectAltNames,
  issuer: ({ certificate }) => certificate?.issuer,
  subject: ({ certificate }) => certificate?.subject,
  subjectCn: ({ certificate }) => certificate?.subjectCn,
  certificate: ({ certificate }) => certificate?.certificate,
};

/** The upstream as expressions may look at it. */
export interface DestinationView {
  /** `ip:port` or `host:port`. */
  readonly endpoint: string;
  readonly hostname?: string | undefined;
}

/** What `destination` is in expressions. */
export function destinationVariable(destination: DestinationView): unknown {
  return new Fields(destinationFields, destination);
}

const destinationFields: FieldTable<DestinationView> = {
  address: ({ endpoint }) => addressOf(endpoint),
  port: ({ endpoint }) => portOf(endpoint),
  hostname: ({ hostname }) => hostname,
};

/** The gateway's own parts that a request passed, as expressions may look at them. */
export interface ProxyView {
  readonly bind: string;
  readonly gateway?: { readonly namespace?: string; readonly name: string } | undefined;
  readonly listener?: string | undefined;
  readonly route?: {
    readonly namespace?: string;
    readonly name: string;
    readonly kind?: string;
    readonly rule?: string;
  } | undefined;
  readonly requestProcessingMs?: number | undefined;
  readonly upstreamMs?: number | undefined;
  readonly responseProcessingMs?: number | undefined;
}

/** What `proxy` is in expressions. */
export function proxyVariable(proxy: ProxyView): unknown {
  return new Fields(proxyFields, proxy);
}

const proxyFields: FieldTable<ProxyView> = {
  bind: ({ bind }) => bind,
  gateway: ({ gateway }) => gateway,
  listener: ({ listener }) => listener === undefined ? undefined : { name: listener },
  route: ({ route }) => route,
  requestProcessingDuration: ({ requestProcessingMs }) => durationOfMs(requestProcessingMs),
  upstreamDuration: ({ upstreamMs }) => durationOfMs(upstreamMs),
  responseProcessingDuration: ({ responseProcessingMs }) => durationOfMs(responseProcessingMs),
};

/** A length of time as expressions have it. */
export function durationOfMs(ms: number | undefined): Duration | undefined {
  return ms === undefined ? undefined : new Duration(BigInt(Math.round(ms * 1e6)));
}

function addressOf(peer: string): string {
  const colon = peer.lastIndexOf(":");
  const host = colon > peer.lastIndexOf("]") ? peer.slice(0, colon) : peer;
  return host.replace(/^\[(.*)\]$/, "$1");
}

function portOf(peer: string): bigint | undefined {
  const port = /:(\d{1,5})$/.exec(peer)?.[1];
  return port === undefined ? undefined : BigInt(port);
}
