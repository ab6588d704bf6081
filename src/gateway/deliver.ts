import type { Api } from "../apis/api.ts";
import { modelFromPath } from "../apis/model_path.ts";
import { routeType } from "../apis/route_types.ts";
import { parseObject } from "../apis/parse_object.ts";
import { GatewayError } from "../errors.ts";
import { editJson, isEmptyEdit } from "../lib/json_edit.ts";
import type {
  AiBackend,
  Backend,
  Choice,
  HostBackend,
  ModelsBackend,
  Target,
  Upstream,
} from "../routing/backend.ts";
import { affinityOf } from "../routing/affinity.ts";
import { modelNotAllowed } from "../routing/virtual_models.ts";
import { onlyMember } from "../routing/only_member.ts";
import type { Route } from "../routing/snapshot.ts";
import type { Attempt } from "./attempt.ts";
import { askInTurn, askOnly } from "./attempts.ts";
import { callModel } from "./call_model.ts";
import { detectingTap } from "./detect.ts";
import type { Exchange } from "./exchange.ts";
import { methodNotAllowed } from "./method.ts";
import { askedModel } from "./model_call.ts";
import { isModelList, listModels } from "./models.ts";
import { passThrough } from "./passthrough.ts";
import { modelIn, parseJson, readRequestBytes } from "./request_body.ts";
import { findModel } from "./find_model.ts";
import { withBody } from "./variables.ts";
import { passthroughPath, safePath } from "./upstream_url.ts";

/** Finds out what a request means and sends it on. */
export async function deliver(
  exchange: Exchange,
  route: Route,
  backend: Backend,
): Promise<Response> {
  if (backend.type === "host") return await handToHost(exchange, route, backend);
  const { head } = exchange;
  const type = backend.routeTypeOf(head.path);
  const { handling, api, errors } = routeType(type);
  exchange.errorShape = errors;
  if (backend.type === "models" && handling === "passthrough" && isModelList(head.path)) {
    return listModels(exchange, backend);
  }
  if (handling === "passthrough" || handling === "detect") {
    return await handThrough(exchange, route, backend, handling === "detect");
  }
  if (handling === "models") throw noModels();
  if (api === undefined) throw notBuilt(type);
  exchange.requestIdHeader = api.requestIdHeader;
  if (head.method !== "POST") throw methodNotAllowed(head.method, "POST");
  return await askModel(exchange, route, backend, api);
}

async function askModel(
  exchange: Exchange,
  route: Route,
  backend: AiBackend | ModelsBackend,
  api: Api,
): Promise<Response> {
  const received = parseJson(await readRequestBytes(exchange));
  exchange.llmRequest = received.json;
  const asked = askedModel(exchange.head.path, received.json);
  const { choice, model } = backend.type === "ai"
    ? { choice: backend.choice, model: allowedModel(exchange, asked) }
    : findModel(exchange, backend, asked, received.json);
  return await askChoice(
    exchange,
    route,
    choice,
    (target, attempt) => callModel(exchange, route, { target, api, received, model, attempt }),
  );
}

/** A model that the client's key lets it ask for; a body may leave it to the config. */
function allowedModel({ subject }: Exchange, asked: string | undefined): string | undefined {
  if (asked !== undefined && subject.identity.apiKey?.allowsModel(asked) === false) {
    throw modelNotAllowed();
  }
  return asked;
}

/** Has one of the targets answer. */
async function askChoice(
  exchange: Exchange,
  route: Route,
  choice: Choice,
  ask: (target: Target, attempt: Attempt) => Promise<Response>,
): Promise<Response> {
  const timeouts = route.timeouts ?? {};
  if (choice.type === "one") {
    const { target } = choice;
    if (route.retry === undefined) return await askOnly(exchange, target, timeouts, ask);
    const groups = onlyMember(target);
    return await askInTurn(exchange, { groups, retry: route.retry, timeouts }, ask);
  }
  const { groups, affinity } = choice;
  const retry = route.retry ?? choice.retry;
  const pin = affinity === undefined ? undefined : affinityOf(affinity, exchange.subject.variables);
  return await askInTurn(exchange, { groups, retry, timeouts, affinity: pin }, ask);
}

async function handToHost(
  exchange: Exchange,
  route: Route,
  { upstream }: HostBackend,
): Promise<Response> {
  const { head } = exchange;
  const path = safePath(head.path) + head.query;
  if (route.retry !== undefined) await exchange.subject.body();
  const timeouts = { headMsMax: upstream.headMsMax, ...route.timeouts };
  const ask = (target: Upstream, attempt: Attempt) =>
    passThrough(exchange, route, {
      upstream: target,
      credential: target.credential,
      path,
      attempt,
    });
  if (route.retry === undefined) return await askOnly(exchange, upstream, timeouts, ask);
  const groups = onlyMember(upstream);
  return await askInTurn(exchange, { groups, retry: route.retry, timeouts }, ask);
}

/** Requests whose bodies are not for the gateway to read, but for the model they name. */
async function handThrough(
  exchange: Exchange,
  route: Route,
  backend: AiBackend | ModelsBackend,
  isMetered: boolean,
): Promise<Response> {
  const hasBody = exchange.request.body !== null || exchange.subject.hasReadBody;
  const mayRepeat = route.retry !== undefined ||
    (backend.type === "ai" && backend.choice.type === "groups");
  if (backend.type === "ai" && !isMetered) {
    if (hasBody && mayRepeat) await readRequestBytes(exchange);
    return await askChoice(
      exchange,
      route,
      backend.choice,
      (target, attempt) => passThroughTarget(exchange, route, target, attempt),
    );
  }
  const body = hasBody ? await readRequestBytes(exchange) : undefined;
  const fromPath = modelFromPath(exchange.head.path);
  if (backend.type === "ai") {
    const named = fromPath ?? await modelIn(exchange, body).catch(() => undefined);
    allowedModel(exchange, textOf(named));
    return await askChoice(exchange, route, backend.choice, (target, attempt) => {
      const model = fromPath ?? target.model ?? named;
      return passThroughTarget(exchange, route, target, attempt, textOf(model) ?? "");
    });
  }
  const asked = fromPath === undefined
    ? await modelIn(exchange, body)
    : await agreed(exchange, fromPath, body);
  const { choice } = findModel(exchange, backend, asked, undefined);
  return await askChoice(exchange, route, choice, (target, attempt) => {
    const metered = isMetered || target.detects === true ? String(asked) : undefined;
    return passThroughTarget(exchange, route, target, attempt, metered);
  });
}

/** What is judged by its path must not be served by another model that its body names. */
async function agreed(
  exchange: Exchange,
  fromPath: string,
  body: Uint8Array<ArrayBuffer> | undefined,
): Promise<string> {
  const named = await modelIn(exchange, body).catch(() => undefined);
  if (named === undefined || named === fromPath) return fromPath;
  throw new GatewayError("invalid-request", "the path and the body name different models", {
    code: "invalid_model",
    param: "model",
  });
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** `metered` is the model of a request whose answer is to be metered. */
async function passThroughTarget(
  exchange: Exchange,
  route: Route,
  target: Target,
  attempt: Attempt,
  metered?: string,
): Promise<Response> {
  return await passThrough(exchange, route, {
    upstream: target,
    credential: target.credential,
    body: metered === undefined ? undefined : await editedBody(exchange, target),
    path: passthroughPath(target, exchange.head),
    answer: target.provider.answer,
    tap: metered === undefined ? undefined : detectingTap(exchange, target, metered),
    attempt,
  });
}

/** The body of a metered request as the config changes it, where it is JSON. */
async function editedBody(
  exchange: Exchange,
  { body }: Target,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (body === undefined || !exchange.subject.hasReadBody) return undefined;
  const text = new TextDecoder().decode(await readRequestBytes(exchange));
  const json = parseObject(text);
  if (json === undefined) return undefined;
  const edits = body.edit(json, {
    model: undefined,
    variables: (llmRequest) => withBody(exchange, llmRequest),
  });
  return isEmptyEdit(edits) ? undefined : new TextEncoder().encode(editJson(text, edits));
}

/** The reference's answer: a list exists only for the models of the `llm` section. */
function noModels(): GatewayError {
  return new GatewayError("not-implemented", "Route 'Models' not implemented", {
    code: "not_implemented",
  });
}

function notBuilt(type: string): GatewayError {
  return new GatewayError("not-supported-yet", `not supported yet: route type ${type}`, {
    code: "not_supported_yet",
  });
}
