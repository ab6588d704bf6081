import * as v from "valibot";
import type { Immutable } from "../../lib/immutable.ts";
import { closedObject } from "../../lib/closed_object.ts";
import { closedWords } from "../../lib/closed_words.ts";
import { later } from "../reference_keys.ts";
import { Port } from "./address.ts";
import { exactlyOneOf, keyCheck } from "./checks.ts";
import { gatewayPolicyEntries } from "./gateway_policies.ts";
import { RoutePolicies } from "./policies.ts";
import { Text } from "./text.ts";
import { isMapping } from "../../lib/mapping.ts";

const name = v.pipe(Text, v.description("Its name."));
const namespace = v.pipe(Text, v.description("The namespace of the name; `default` if none."));

const Target = v.pipe(
  closedObject({
    gateway: v.exactOptional(v.pipe(
      closedObject({
        gatewayName: v.pipe(Text, v.description("The name of a gateway.")),
        gatewayNamespace: v.exactOptional(namespace),
        listenerName: v.exactOptional(v.pipe(
          Text,
          v.description("One listener of the gateway; all of them if it is left out."),
        )),
        port: v.exactOptional(v.pipe(Port, v.description("Its port must be this one."))),
      }, later("ListenerTarget")),
      v.description("A gateway, or one of its listeners."),
    )),
    route: v.exactOptional(v.pipe(
      closedObject({
        name,
        namespace: v.exactOptional(namespace),
        ruleName: v.exactOptional(v.pipe(Text, v.description("One rule of the route."))),
      }, later("RouteName")),
      v.description("A route."),
    )),
    backend: v.exactOptional(v.pipe(
      closedObject({
        backend: v.pipe(
          closedObject({ name, namespace: v.exactOptional(namespace) }, ["section"]),
          v.description("An entry of the top-level backends."),
        ),
      }, later("BackendTarget")),
      v.description("A named backend."),
    )),
  }, later("PolicyTarget")),
  exactlyOneOf(["gateway", "route", "backend"]),
);

/** A policy that is attached to something by its name. */
export const TargetedPolicy = v.pipe(
  closedObject({
    name: v.pipe(
      closedObject({ name, namespace: v.exactOptional(namespace) }, later("ResourceName")),
      v.description("What the policy is called."),
    ),
    target: v.pipe(Target, v.description("What the policy is attached to.")),
    phase: v.exactOptional(
      v.pipe(
        closedWords(["route", "gateway"]),
        v.description("Whether it runs when a route has been found, or before."),
      ),
      "route",
    ),
    policy: v.pipe(RoutePolicies, v.description("What is done to requests.")),
  }, later("LocalPolicy")),
  keyCheck(({ phase, target, policy }) => {
    if (phase !== "gateway" || !isMapping(policy)) return [];
    if (isMapping(target) && !Object.hasOwn(target, "gateway")) {
      return [{ path: ["phase"], message: "gateway needs a target that is a gateway" }];
    }
    return Object.keys(policy)
      .filter((key) => !Object.hasOwn(gatewayPolicyEntries, key))
      .map((key) => ({
        path: ["policy", key],
        message: `cannot run before a route is found: leave out phase, or use one of ${
          Object.keys(gatewayPolicyEntries).join(", ")
        }`,
      }));
  }),
);

/** An attached policy as it is written. */
export type TargetedPolicyConfig = Immutable<v.InferOutput<typeof TargetedPolicy>>;
