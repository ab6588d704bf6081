import assert from "node:assert/strict";
import { createHash, randomUUID } from "node:crypto";
import { SignJWT } from "jose";
import { keySetText, type SigningKey, signingKey } from "../policies/auth/tokens.ts";
import { type Exchange, SocketHttpServer } from "./http_server.ts";

/** How a provider behaves; a test may change it while it runs. */
export interface ProviderBehaviour {
  /** Claims that ID tokens get beside their own, or in place of them. */
  claims: Readonly<Record<string, unknown>>;
  /** How long ID tokens are good for. */
  lifeS: number;
  /** Whether there are refresh tokens. */
  givesRefreshTokens: boolean;
  /** What they end with, to make them long. */
  refreshTokenEnd: string;
  /** Whether an answer to a refresh token has an ID token too. */
  renewsIdTokens: boolean;
  /** What happens in place of an answer, by path. */
  readonly faults: Map<string, (exchange: Exchange) => void | Promise<void>>;
  /** Members that the discovery document gets beside its own, or in place of them. */
  document: Readonly<Record<string, unknown>>;
  /** What the login form says in place of a code. */
  refuses: string | undefined;
}

/** A client of the provider. */
export const CLIENT = { id: "gate way", secret: "s3cret:+/ä" };

interface Grant {
  readonly nonce: string;
  readonly challenge: string;
  readonly redirectUri: string;
}

/**
 * A provider of OpenID Connect that takes nothing but what the standards have: each code and each
 * refresh token is good once, and a second use of either ends what came of the first.
 */
export class OidcProviderServer implements AsyncDisposable {
  readonly behaviour: ProviderBehaviour = {
    claims: {},
    lifeS: 3_600,
    givesRefreshTokens: false,
    refreshTokenEnd: "",
    renewsIdTokens: true,
    faults: new Map(),
    document: {},
    refuses: undefined,
  };
  /** The paths that were asked for, with their method. */
  readonly asked: string[] = [];
  /** The codes and tokens that it has given. */
  readonly issued: string[] = [];
  readonly #server: SocketHttpServer;
  readonly #redirectUri: () => string;
  readonly #codes = new Map<string, Grant>();
  readonly #refreshTokens = new Set<string>();
  readonly #key: SigningKey;

  private constructor(server: SocketHttpServer, key: SigningKey, redirectUri: () => string) {
    this.#server = server;
    this.#key = key;
    this.#redirectUri = redirectUri;
  }

  static async start(redirectUri: string | (() => string)): Promise<OidcProviderServer> {
    const made: OidcProviderServer[] = [];
    const server = await SocketHttpServer.listen((exchange) => made[0]?.answer(exchange));
    const expected = typeof redirectUri === "string" ? () => redirectUri : redirectUri;
    made[0] = new OidcProviderServer(server, await signingKey("k1"), expected);
    return made[0];
  }

  get issuer(): string {
    return `http://127.0.0.1:${this.#server.port}`;
  }

  /** The public keys, as JSON. */
  get jwks(): string {
    return keySetText(this.#key);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#server[Symbol.asyncDispose]();
  }

  async answer(exchange: Exchange): Promise<void> {
    const { method, target } = exchange.request;
    const { pathname, searchParams } = new URL(target, this.issuer);
    this.asked.push(`${method} ${pathname}`);
    const fault = this.behaviour.faults.get(pathname);
    if (fault !== undefined) return await fault(exchange);
    try {
      await this.#route(exchange, pathname, searchParams);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      json(exchange, error.status, { error: error.message, error_description: "<b>no</b>" });
    }
  }

  async #route(exchange: Exchange, path: string, query: URLSearchParams): Promise<void> {
    const { method } = exchange.request;
    if (path === "/.well-known/openid-configuration" && method === "GET") {
      return json(exchange, 200, this.#document());
    }
    if (path === "/jwks" && method === "GET") return json(exchange, 200, JSON.parse(this.jwks));
    if (path === "/authorize" && method === "GET") return this.#authorize(exchange, query);
    if (path === "/token" && method === "POST") {
      return json(exchange, 200, await this.#token(exchange));
    }
    json(exchange, 404, { error: "not_found" });
  }

  #document() {
    return {
      issuer: this.issuer,
      authorization_endpoint: `${this.issuer}/authorize?tenant=a`,
      token_endpoint: `${this.issuer}/token`,
      jwks_uri: `${this.issuer}/jwks`,
      response_types_supported: ["code"],
      subject_types_supported: ["public"],
      id_token_signing_alg_values_supported: ["ES256"],
      code_challenge_methods_supported: ["S256"],
      authorization_response_iss_parameter_supported: true,
      ...this.behaviour.document,
    };
  }

  /** The login form, in which somebody always logs in at once. */
  #authorize(exchange: Exchange, query: URLSearchParams): void {
    const value = (name: string) => {
      assert.equal(query.getAll(name).length, 1, `${name} is there once`);
      return query.get(name) ?? "";
    };
    assert.equal(value("tenant"), "a", "the endpoint's own query is kept");
    assert.equal(value("client_id"), CLIENT.id);
    assert.equal(value("redirect_uri"), this.#redirectUri());
    assert.equal(value("response_type"), "code");
    assert.equal(value("code_challenge_method"), "S256");
    assert.ok(value("scope").split(" ").includes("openid"));
    assert.ok(value("state").length >= 22 && value("nonce").length >= 22, "128 bits at least");
    assert.notEqual(value("state"), value("nonce"));
    const back = new URL(this.#redirectUri());
    back.searchParams.set("state", value("state"));
    back.searchParams.set("iss", this.issuer);
    if (this.behaviour.refuses !== undefined) {
      back.searchParams.set("error", this.behaviour.refuses);
      back.searchParams.set("error_description", "<script>");
    } else {
      const code = randomUUID();
      this.issued.push(code);
      this.#codes.set(code, {
        nonce: value("nonce"),
        challenge: value("code_challenge"),
        redirectUri: value("redirect_uri"),
      });
      back.searchParams.set("code", code);
    }
    exchange.respond(302, { location: back.href }, "");
  }

  async #token(exchange: Exchange): Promise<object> {
    const { headers, body } = exchange.request;
    if (headers.get("content-type") !== "application/x-www-form-urlencoded") {
      throw new Refused("invalid_request");
    }
    const form = new URLSearchParams(new TextDecoder().decode(body));
    this.#checkClient(headers, form);
    if (form.get("grant_type") === "refresh_token") return await this.#refreshed(form);
    if (form.get("grant_type") !== "authorization_code") {
      throw new Refused("unsupported_grant_type");
    }
    const grant = this.#codes.get(form.get("code") ?? "");
    this.#codes.delete(form.get("code") ?? "");
    const verifier = form.get("code_verifier") ?? "";
    const challenge = createHash("sha256").update(verifier).digest("base64url");
    const isGood = grant?.challenge === challenge && grant.redirectUri === form.get("redirect_uri");
    if (grant === undefined || !isGood) throw new Refused("invalid_grant");
    return { ...await this.#idToken(grant.nonce), ...this.#accessToken() };
  }

  #checkClient(headers: Headers, form: URLSearchParams): void {
    const methods = this.behaviour.document["token_endpoint_auth_methods_supported"];
    if (Array.isArray(methods) && !methods.includes("client_secret_basic")) {
      const isGood = form.get("client_id") === CLIENT.id &&
        form.get("client_secret") === CLIENT.secret && !headers.has("authorization");
      if (!isGood) throw new Refused("invalid_client", 401);
      return;
    }
    const encoded = [CLIENT.id, CLIENT.secret].map((text) =>
      new URLSearchParams({ a: text }).toString().slice(2)
    );
    const expected = `Basic ${btoa(encoded.join(":"))}`;
    if (headers.get("authorization") !== expected) throw new Refused("invalid_client", 401);
  }

  async #refreshed(form: URLSearchParams): Promise<object> {
    const token = form.get("refresh_token") ?? "";
    if (!this.#refreshTokens.delete(token)) {
      this.#refreshTokens.clear();
      throw new Refused("invalid_grant");
    }
    const identity = this.behaviour.renewsIdTokens ? await this.#idToken(undefined) : {};
    return { ...identity, ...this.#accessToken() };
  }

  #accessToken() {
    const accessToken = randomUUID();
    this.issued.push(accessToken);
    const rest = { access_token: accessToken, token_type: "Bearer", expires_in: 60 };
    if (!this.behaviour.givesRefreshTokens) return rest;
    const refreshToken = randomUUID() + this.behaviour.refreshTokenEnd;
    this.#refreshTokens.add(refreshToken);
    this.issued.push(refreshToken);
    return { ...rest, refresh_token: refreshToken };
  }

  async #idToken(nonce: string | undefined) {
    const nowS = Math.floor(Date.now() / 1_000);
    const claims = {
      iss: this.issuer,
      sub: "ada",
      aud: CLIENT.id,
      iat: nowS,
      exp: nowS + this.behaviour.lifeS,
      ...nonce === undefined ? {} : { nonce },
      ...this.behaviour.claims,
    };
    const kept = Object.entries(claims).filter(([, value]) => value !== undefined);
    const token = await new SignJWT(Object.fromEntries(kept))
      .setProtectedHeader({ alg: "ES256", kid: "k1" })
      .sign(this.#key.privateKey);
    this.issued.push(token);
    return { id_token: token };
  }
}

class Refused extends Error {
  readonly status: number;

  constructor(code: string, status = 400) {
    super(code);
    this.status = status;
  }
}

function json(exchange: Exchange, status: number, value: unknown): void {
  const headers = { "content-type": "application/json", "cache-control": "no-store" };
  exchange.respond(status, headers, JSON.stringify(value));
}
