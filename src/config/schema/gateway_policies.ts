import * as v from "valibot";
import type { Immutable } from "../../lib/immutable.ts";
import { closedObject } from "../../lib/closed_object.ts";
import { later } from "../reference_keys.ts";
import { ApiKeyPolicy } from "./api_key.ts";
import { AuthorizationPolicy } from "./authorization.ts";
import { BasicAuthPolicy } from "./basic_auth.ts";
import { conditional } from "./conditional.ts";
import { Cors } from "./cors.ts";
import { ExtAuthz } from "./ext_authz.ts";
import { OidcPolicy } from "./oidc.ts";
import { JwtAuthPolicy } from "./jwt_auth.ts";
import { Transformations } from "./transformations.ts";

/** Policies that may run before a route is found, by their keys. */
export const gatewayPolicyEntries = {
  cors: v.exactOptional(v.pipe(
    Cors,
    v.description("Lets pages of other origins send requests (CORS)."),
  )),
  oidc: v.exactOptional(v.pipe(
    OidcPolicy,
    v.description("Has people who use a browser log in (OpenID Connect)."),
  )),
  jwtAuth: v.exactOptional(v.pipe(
    JwtAuthPolicy,
    v.description("Who the client is, by a signed token."),
  )),
  basicAuth: v.exactOptional(v.pipe(
    BasicAuthPolicy,
    v.description("Who the client is, by user name and password."),
  )),
  apiKey: v.exactOptional(v.pipe(
    ApiKeyPolicy,
    v.description("Who the client is, by a key that the gateway knows."),
  )),
  extAuthz: v.exactOptional(v.pipe(
    conditional(ExtAuthz, ExtAuthz, later("LocalConditionalPolicy_ExtAuthz")),
    v.description("Asks another server which requests are let in."),
  )),
  authorization: v.exactOptional(v.pipe(
    AuthorizationPolicy,
    v.description("Which requests are let in, by rules in CEL."),
  )),
  transformations: v.exactOptional(v.pipe(
    conditional(
      Transformations,
      Transformations,
      later("LocalConditionalPolicy_LocalTransformationConfig"),
    ),
    v.description("Changes to headers and bodies, computed with CEL."),
  )),
};

/** The policies of a listener, in an object of their own. */
export const GatewayPolicies = closedObject(gatewayPolicyEntries, later("LocalGatewayPolicy"));

/** The policies of a gateway, a listener, or a policy that is attached to one, as written. */
export type GatewayPoliciesConfig = Immutable<v.InferOutput<typeof GatewayPolicies>>;
