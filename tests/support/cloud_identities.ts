import { type Exchange, SocketHttpServer } from "./http_server.ts";

/** The environment of someone whose home has nothing of any cloud; Deno keeps its cache. */
export function emptyHome(): Readonly<Record<string, string>> {
  const home = Deno.makeTempDirSync({ prefix: "agentgateway-e2e-home-" });
  globalThis.addEventListener("unload", () => Deno.removeSync(home, { recursive: true }));
  const cache = Deno.env.get("DENO_DIR") ?? `${Deno.env.get("HOME")}/.cache/deno`;
  return { HOME: home, CLOUDSDK_CONFIG: home, DENO_DIR: cache };
}

/** A server that hands out tokens, as a cloud has it on every machine. */
export interface TokenServer extends AsyncDisposable {
  readonly url: string;
  /** `host:port`. */
  readonly host: string;
  /** The requests for a token, by their targets. */
  readonly asked: readonly string[];
  /** Fails the next requests for a token with this status. */
  failWith(status: number | undefined): void;
}

type Answer = readonly [status: number, body: string, headers?: Readonly<Record<string, string>>];

async function startTokenServer(
  isToken: (target: string) => boolean,
  answer: (exchange: Exchange) => Answer,
): Promise<TokenServer> {
  const asked: string[] = [];
  let failure: number | undefined;
  const server = await SocketHttpServer.listen((exchange) => {
    const { target } = exchange.request;
    const isWanted = isToken(target);
    if (isWanted) asked.push(target);
    const [status, body, headers = {}] = isWanted && failure !== undefined
      ? [failure, "no token for you"]
      : answer(exchange);
    exchange.respond(status, { "content-type": "application/json", ...headers }, body);
  });
  const host = `127.0.0.1:${server.port}`;
  return {
    host,
    url: `http://${host}`,
    asked,
    failWith(status) {
      failure = status;
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** A metadata server that also exchanges tokens of other clouds. */
export interface GoogleServer extends TokenServer {
  /** The forms of the exchanges. */
  readonly exchanged: readonly URLSearchParams[];
}

/**
 * The metadata server of Google's machines
 * (https://cloud.google.com/compute/docs/access/authenticate-workloads#applications), and the
 * exchange of tokens of other clouds (https://cloud.google.com/iam/docs/reference/sts/rest).
 */
export async function startGoogleMetadata(
  token: string,
  { livesS = 3599 }: { readonly livesS?: number } = {},
): Promise<GoogleServer> {
  const flavour = { "metadata-flavor": "Google" };
  const path = "/computeMetadata/v1/instance/service-accounts/default/token";
  const exchanged: URLSearchParams[] = [];
  const grant = { access_token: token, expires_in: livesS, token_type: "Bearer" };
  const server = await startTokenServer((target) => target.startsWith(path), ({ request }) => {
    if (request.target === "/v1/token") {
      exchanged.push(new URLSearchParams(new TextDecoder().decode(request.body)));
      const issued_token_type = "urn:ietf:params:oauth:token-type:access_token";
      return [200, JSON.stringify({ ...grant, issued_token_type })];
    }
    if (request.headers.get("metadata-flavor") !== "Google") return [403, "Missing header"];
    if (request.target.startsWith(path)) return [200, JSON.stringify(grant), flavour];
    return request.target.startsWith("/computeMetadata/v1/instance")
      ? [200, "{}", flavour]
      : [404, "not found", flavour];
  });
  return { ...server, exchanged };
}

/**
 * The identity endpoint of an Azure app service
 * (https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference).
 */
export function startAzureIdentity(token: string, secret: string): Promise<TokenServer> {
  return startTokenServer(() => true, ({ request }) => {
    const query = new URL(request.target, "http://x").searchParams;
    if (request.headers.get("x-identity-header") !== secret) return [401, "{}"];
    if (query.get("api-version") !== "2019-08-01") return [400, "{}"];
    const body = {
      access_token: token,
      expires_on: String(Math.floor(Date.now() / 1000) + 3600),
      resource: query.get("resource"),
      token_type: "Bearer",
      client_id: "5E29463D-71DA-4FE0-8E69-999B57DB23B0",
    };
    return [200, JSON.stringify(body)];
  });
}

/** Keys that the container's endpoint hands out. */
export interface ContainerKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/**
 * The credentials endpoint of an Amazon container
 * (https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html).
 */
export function startAwsContainer(keys: ContainerKeys, secret: string): Promise<TokenServer> {
  return startTokenServer(() => true, ({ request }) => {
    if (request.headers.get("authorization") !== secret) return [401, "{}"];
    const { accessKeyId, secretAccessKey, sessionToken } = keys;
    const body = {
      ...{ AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, Token: sessionToken },
      Expiration: new Date(Date.now() + 3_600_000).toISOString(),
    };
    return [200, JSON.stringify(body)];
  });
}
