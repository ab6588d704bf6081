import * as v from "valibot";
import { closedObject } from "../../lib/closed_object.ts";
import { closedWords } from "../../lib/closed_words.ts";
import { isMapping, type Mapping } from "../../lib/mapping.ts";
import { later } from "../reference_keys.ts";
import { Port } from "./address.ts";
import { BackendAuth } from "./auth.ts";
import { addressOverrides } from "./backends.ts";
import { keyCheck, notTogether } from "./checks.ts";
import { HeaderModifier } from "./headers.ts";
import { HeaderMatch } from "./matches.ts";
import { BackendTls } from "./backend_tls.ts";
import { llmModelEntries, llmProviderEntries } from "./ai_policy.ts";
import { AuthorizationPolicy } from "./authorization.ts";
import { BackendTunnel } from "./backend_tunnel.ts";
import { ListenerTls } from "./listener_tls.ts";
import { HealthPolicy } from "./health.ts";
import { LlmPolicies } from "./llm_policies.ts";
import { PromptGuard } from "./prompt_guard.ts";
import { VirtualModel } from "./virtual_models.ts";
import { addressForCustom, ModelProvider, SharedProvider } from "./provider_forms.ts";
import { paramsOfProvider, providerParams } from "./provider_params.ts";
import { GatewayReferences } from "./routes.ts";
import { Secret } from "./secret.ts";
import { strict } from "./strict.ts";
import { BodyMembers, Text } from "./text.ts";
import { BaseUrl } from "./url.ts";

const Params = closedObject({
  model: v.exactOptional(v.pipe(
    Text,
    v.description("Model that is sent to the provider; by default the client's."),
  )),
  apiKey: v.exactOptional(v.pipe(
    Secret,
    v.description("The provider's API key: a string, such as `$OPENAI_API_KEY`, or {file: path}."),
  )),
  baseUrl: v.exactOptional(v.pipe(
    BaseUrl,
    v.description("Address of the provider's API, with the path up to its version."),
  )),
  tokenize: v.exactOptional(v.pipe(
    v.boolean(),
    v.description("Whether the tokens of a prompt are counted before it is sent, for limits."),
  )),
  ...addressOverrides,
  ...providerParams,
}, later("LocalLLMParams"));

const settings = {
  defaults: v.exactOptional(v.pipe(
    BodyMembers,
    v.description("Members that a request body gets if it has none of that name."),
  )),
  overrides: v.exactOptional(v.pipe(
    BodyMembers,
    v.description("Members that a request body gets in place of its own."),
  )),
  requestHeaders: v.exactOptional(v.pipe(
    HeaderModifier,
    v.description("Changes to the headers of requests to the provider."),
  )),
  responseHeaders: v.exactOptional(v.pipe(
    HeaderModifier,
    v.description("Changes to the headers of responses to the client."),
  )),
  tls: v.exactOptional(BackendTls),
  backendTLS: v.exactOptional(BackendTls),
  backendTunnel: v.exactOptional(BackendTunnel),
  auth: v.exactOptional(BackendAuth),
  health: v.exactOptional(v.pipe(
    HealthPolicy,
    v.description("When a model is left out for a while, where others can stand in for it."),
  )),
  strict,
};

function oneTls<Input extends object>() {
  return notTogether<Input>("tls", "backendTLS", "both name the same setting");
}

const NAME = 'must be a name with at most one "*", at its beginning or end';

const ModelName = v.pipe(
  v.string(NAME),
  v.check((text) => /^(?:\*?[^*]+|[^*]*\*)$/.test(text), NAME),
);

const ModelMatch = closedObject({
  headers: v.exactOptional(v.pipe(v.array(HeaderMatch), v.description("All have to match.")), []),
}, later("LLMRouteMatch"));

const params = v.exactOptional(v.pipe(Params, v.description("Model, key and address.")));

const Model = v.pipe(
  closedObject({
    id: v.exactOptional(v.pipe(Text, v.description("Lasting identity; unique."))),
    name: v.pipe(
      ModelName,
      v.description("Model that clients ask for; one `*` at its beginning or end stands for any."),
    ),
    provider: v.pipe(ModelProvider, v.description("Who serves it.")),
    params,
    visibility: v.exactOptional(
      v.pipe(
        closedWords(["public", "internal"]),
        v.description("Whether clients may list the model and ask for it."),
      ),
      "public",
    ),
    matches: v.exactOptional(
      v.pipe(
        v.array(ModelMatch),
        v.description("Further conditions: the model serves requests for which one holds."),
      ),
      [],
    ),
    passthrough: v.exactOptional(v.pipe(
      closedWords(["opaque", "detect"]),
      v.description(
        "Paths of no known API are passed on as they are; `detect` reads usage off the answers.",
      ),
    )),
    ...settings,
    ...llmModelEntries,
    authorization: v.exactOptional(v.pipe(
      AuthorizationPolicy,
      v.description("Who may ask for the model and sees it in the list, by rules in CEL."),
    )),
    guardrails: v.exactOptional(v.pipe(
      PromptGuard,
      v.description("Guards of what is said to the model and by it."),
    )),
  }, later("LocalLLMModels")),
  oneTls(),
  onlyModelBesideReference(),
  addressForCustom("params.baseUrl", paramsOf),
  paramsOfProvider(),
);

function paramsOf({ params }: Mapping): Mapping {
  return isMapping(params) ? params : {};
}

/** The rest comes from the provider that is referred to. */
function onlyModelBesideReference<Input extends object>() {
  return keyCheck<Input>(({ provider, params }) => {
    if (!isMapping(provider) || !Object.hasOwn(provider, "reference") || !isMapping(params)) {
      return [];
    }
    const message = "cannot be set beside a reference: the provider says it; only model can";
    return Object.keys(params)
      .filter((key) => key !== "model")
      .map((key) => ({ path: ["params", key], message }));
  });
}

const Provider = v.pipe(
  closedObject({
    name: v.pipe(Text, v.description("The name that models use.")),
    provider: v.pipe(SharedProvider, v.description("Who it is.")),
    params,
    defaults: v.exactOptional(v.pipe(
      closedObject(
        { ...settings, ...llmProviderEntries },
        later("LocalLLMProviderDefaults"),
      ),
      oneTls(),
      v.description("Settings of the models that refer to it, unless they have their own."),
    )),
  }, later("LocalLLMProvider")),
  addressForCustom("params.baseUrl", paramsOf),
  paramsOfProvider(),
);

/** The models that clients can ask for, and who serves them. */
export const Llm = v.pipe(
  closedObject({
    gateways: v.exactOptional(v.pipe(
      GatewayReferences,
      v.description("Gateways that serve the models; by default the one named `default`."),
    )),
    port: v.exactOptional(v.pipe(
      Port,
      v.description("Port of its own, for models without a gateway; by default 4000."),
    )),
    tls: v.exactOptional(ListenerTls),
    models: v.pipe(
      v.array(Model),
      v.description("Models; of several that match, the one with the longest name serves."),
    ),
    providers: v.exactOptional(
      v.pipe(v.array(Provider), v.description("Providers that several models share.")),
      [],
    ),
    virtualModels: v.exactOptional(
      v.pipe(
        v.array(VirtualModel),
        v.description("Names that clients ask for, each served by one of several models."),
      ),
      [],
    ),
    policies: v.exactOptional(v.pipe(
      LlmPolicies,
      v.description("What is done to the requests of all models."),
    )),
  }, later("LocalLLMConfig")),
  notTogether("gateways", "port", "the gateway has its own"),
  notTogether("gateways", "tls", "the gateway has its own"),
);
