import * as v from "valibot";
import { closedObject } from "../../lib/closed_object.ts";
import { isMapping, type Mapping } from "../../lib/mapping.ts";
import { later } from "../reference_keys.ts";
import { HostPortText, wholeNumber } from "./address.ts";
import { exactlyOneOf, keyCheck } from "./checks.ts";
import { decidedUnion } from "./decided_union.ts";
import { BackendPolicies } from "./policies.ts";
import { groupsOf } from "./provider_groups.ts";
import { addressForCustom, BackendProvider } from "./provider_forms.ts";
import { Text } from "./text.ts";
import { strict } from "./strict.ts";
import { PathOverride, PathPrefix } from "./url.ts";

/** Where the requests of an AI provider go, if not to its own address. */
export const addressOverrides = {
  hostOverride: v.exactOptional(v.pipe(
    HostPortText,
    v.description("Connect to this host:port in place of the provider's own."),
  )),
  pathOverride: v.exactOptional(v.pipe(
    PathOverride,
    v.description("Path, and query if any, that every request is sent to."),
  )),
  pathPrefix: v.exactOptional(v.pipe(
    PathPrefix,
    v.description("What stands before the API's own path, in place of the provider's."),
  )),
};

const policies = v.exactOptional(v.pipe(
  BackendPolicies,
  v.description("What is done to requests to this backend and to their responses."),
));

const OF_MODELS = ["ai", "health", "sessionAffinity"];

const isPlain = ({ host }: Mapping) => host !== undefined;

/** Refuses policies that do nothing where they are written. */
function idlePolicies<Input extends object>(
  keys: readonly string[],
  isIdle: (backend: Mapping) => boolean,
  where: string,
) {
  return keyCheck<Input>((backend) => {
    const { policies } = backend;
    if (!isMapping(policies) || !isIdle(backend)) return [];
    return keys.filter((key) => (policies[key] ?? null) !== null)
      .map((key) => ({ path: ["policies", key], message: `has no effect on ${where}` }));
  });
}

const AiProvider = v.pipe(
  closedObject({
    name: v.pipe(Text, v.description("Name of this provider in logs and metrics.")),
    provider: v.pipe(
      BackendProvider,
      v.description("Who the provider is: its name, with settings as in `{openAI: {}}`."),
    ),
    ...addressOverrides,
    tokenize: v.exactOptional(v.pipe(
      v.boolean(),
      v.description("Whether the tokens of a prompt are counted before it is sent, for limits."),
    )),
    strict,
    policies,
  }, later("LocalAIBackend")),
  addressForCustom("hostOverride", (provider) => provider),
  idlePolicies(["sessionAffinity"], () => true, "one provider: write it where the backend is"),
  v.description("A provider of models."),
);

const ProviderGroups = groupsOf(AiProvider);

/** One provider, or groups of them. */
const AiBackend = decidedUnion(
  [AiProvider, ProviderGroups],
  (input) => isMapping(input) && Object.hasOwn(input, "groups") ? ProviderGroups : AiProvider,
  "expected a provider, or {groups: [...]}",
);

const host = v.exactOptional(v.pipe(
  HostPortText,
  v.description("An HTTP upstream, as host:port."),
));

const ai = v.exactOptional(v.pipe(
  AiBackend,
  v.description("A provider of models, or groups of providers that stand in for each other."),
));

/** One of the backends of a route. */
export const RouteBackend = v.pipe(
  closedObject({
    host,
    backend: v.exactOptional(v.pipe(
      Text,
      v.description("Name of an entry of the top-level backends; `/name` means the same."),
    )),
    ai,
    weight: v.exactOptional(
      v.pipe(
        wholeNumber(0),
        v.description("Share of the requests, relative to the route's other backends."),
      ),
      1,
    ),
    policies,
  }, later("LocalRouteBackend")),
  exactlyOneOf(["host", "backend", "ai"]),
  idlePolicies(OF_MODELS, isPlain, "a plain server: only models have it"),
);

/** A backend that routes refer to by name. */
export const NamedBackend = v.pipe(
  closedObject({
    name: v.pipe(Text, v.description("The name that routes use.")),
    host,
    ai,
    policies,
  }, later("FullLocalBackend")),
  exactlyOneOf(["host", "ai"]),
  idlePolicies(OF_MODELS, isPlain, "a plain server: only models have it"),
);
