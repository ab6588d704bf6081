import * as v from "valibot";
import { closedObject } from "../../lib/closed_object.ts";
import { closedWords } from "../../lib/closed_words.ts";
import { mapping } from "../../lib/mapping.ts";
import { later } from "../reference_keys.ts";
import { ListenerHostname, Port } from "./address.ts";
import { keyCheck, notTogether } from "./checks.ts";
import { GatewayPolicies, gatewayPolicyEntries } from "./gateway_policies.ts";
import { ListenerTls } from "./listener_tls.ts";
import { Route } from "./routes.ts";

const NAME = "must be a name without / and spaces";

const Name = v.pipe(v.string(NAME), v.check((text) => /^[^/\s]+$/.test(text), NAME));

const port = v.pipe(Port, v.description("TCP port to listen on."));

const GatewayProtocol = v.pipe(
  closedWords(["HTTP", "HTTPS"], ["TCP", "TLS"]),
  v.description("What clients speak; HTTP by default, HTTPS where there is tls."),
);

const listenerName = v.exactOptional(v.pipe(
  Name,
  v.description("Name of the listener; by default `listener` and its index."),
));

const hostname = v.exactOptional(v.pipe(
  ListenerHostname,
  v.description("Host that it serves: exact, or `*.example.com`; all by default."),
));

const GatewayListener = closedObject({
  name: listenerName,
  hostname,
  protocol: v.exactOptional(GatewayProtocol),
  tls: v.exactOptional(ListenerTls),
  ...gatewayPolicyEntries,
}, later("LocalGatewayListener"));

/** A port that routes and models attach to. */
export const Gateway = v.pipe(
  closedObject({
    port,
    protocol: v.exactOptional(GatewayProtocol),
    tls: v.exactOptional(ListenerTls),
    ...gatewayPolicyEntries,
    listeners: v.exactOptional(v.pipe(
      v.array(GatewayListener),
      v.description("Virtual hosts on the port; without them one listener serves all hosts."),
    )),
  }, later("LocalGateway")),
  notTogether("listeners", "protocol", "each listener has its own"),
  notTogether("listeners", "tls", "each listener has its own"),
  keyCheck((value) =>
    Object.keys(gatewayPolicyEntries)
      .filter((key) => Object.hasOwn(value, "listeners") && Object.hasOwn(value, key))
      .map((key) => ({
        path: [key],
        message: "cannot be set together with listeners: each listener has its own",
      }))
  ),
);

/** Gateways by their names. */
export const Gateways = mapping(Name, Gateway);

const Listener = closedObject({
  name: listenerName,
  hostname,
  protocol: v.exactOptional(
    v.pipe(
      closedWords(["HTTP", "HTTPS"], ["TLS", "TCP", "HBONE"]),
      v.description("What clients speak."),
    ),
    "HTTP",
  ),
  tls: v.exactOptional(ListenerTls),
  policies: v.exactOptional(v.pipe(
    GatewayPolicies,
    v.description("What is done to requests before a route is found."),
  )),
  routes: v.pipe(v.array(Route), v.description("Routes; the most specific match serves.")),
}, later("LocalListener"));

/** A port with its listeners and routes, in one tree. */
export const Bind = closedObject({
  port,
  listeners: v.pipe(v.array(Listener), v.description("Virtual hosts on the port.")),
}, later("LocalBind"));
