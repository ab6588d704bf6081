import * as v from "valibot";
import { closedObject } from "../../lib/closed_object.ts";
import { later } from "../reference_keys.ts";
import { HostnamePattern } from "./address.ts";
import { RouteBackend } from "./backends.ts";
import { RouteMatch } from "./matches.ts";
import { unionByShape } from "./decided_union.ts";
import { RoutePolicies } from "./policies.ts";
import { strict } from "./strict.ts";
import { Text } from "./text.ts";

const entries = {
  name: v.exactOptional(v.pipe(Text, v.description("Name in logs and metrics."))),
  namespace: v.exactOptional(v.pipe(Text, v.description("Namespace of the name."))),
  ruleName: v.exactOptional(v.pipe(Text, v.description("Name of this rule of the route."))),
  hostnames: v.exactOptional(
    v.pipe(
      v.array(HostnamePattern),
      v.description("Hosts that it serves: exact, or `*.example.com`; all if empty."),
    ),
    [],
  ),
  matches: v.exactOptional(
    v.pipe(
      v.array(RouteMatch),
      v.description("Requests that it serves: those for which one of these holds."),
    ),
    [{ path: { pathPrefix: "/" } }],
  ),
  strict,
  policies: v.exactOptional(v.pipe(
    RoutePolicies,
    v.description("What is done to its requests and responses."),
  )),
  backends: v.exactOptional(
    v.pipe(v.array(RouteBackend), v.description("Where requests go; one is drawn by weight.")),
    [],
  ),
};

/** A route of a listener. */
export const Route = closedObject(entries, later("LocalRoute"));

const REFERENCE = "must be gateway or gateway/listener";

const NO_GATEWAY = "must name at least one gateway: nothing would be served";

const GatewayReference = v.pipe(
  v.string(REFERENCE),
  v.check((text) => /^[^/\s]+(?:\/[^/\s]+)?$/.test(text), REFERENCE),
);

/** The gateways, or single listeners of gateways, that something is attached to. */
export const GatewayReferences = unionByShape(
  [GatewayReference, v.pipe(v.array(GatewayReference), v.minLength(1, NO_GATEWAY))],
  "expected the name of a gateway or a list of names",
);

/** A route that names its gateways. */
export const AttachedRoute = closedObject({
  gateways: v.exactOptional(v.pipe(
    GatewayReferences,
    v.description("Gateways that serve it: `gw` or `gw/listener`; by default `default`."),
  )),
  ...entries,
}, later("LocalAttachedRoute"));
