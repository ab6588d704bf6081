import { modelFromPath } from "../apis/model_path.ts";
import { routeType } from "../apis/route_types.ts";
import { GatewayError } from "../errors.ts";
import type { Arrival } from "../host/host.ts";
import {
  type AiBackend,
  type ModelsBackend,
  pickBackend,
  type Target,
} from "../routing/backend.ts";
import type { PortPlan, Route } from "../routing/snapshot.ts";
import { type Exchange, openExchange, type Services } from "./exchange.ts";
import { callModel } from "./call_model.ts";
import { detectingTap, type Tap } from "./detect.ts";
import { checkMethod, methodNotAllowed } from "./method.ts";
import { askedModel } from "./model_call.ts";
import { isModelList, listModels } from "./models.ts";
import { passThrough } from "./passthrough.ts";
import { refuse } from "./refuse.ts";
import { missingModel, modelIn, parseJson, readRequestBytes } from "./request_body.ts";
import { passthroughPath, safePath } from "./upstream_url.ts";

/** Answers one request: the whole story, top to bottom. Never rejects. */
export async function handle(
  request: Request,
  arrival: Arrival,
  plan: PortPlan,
  services: Services,
): Promise<Response> {
  const exchange = openExchange(request, arrival, plan, services);
  try {
    const route = findRoute(exchange);
    const response = await deliver(exchange, route);
    route.editResponseHeaders?.(response.headers);
    return response;
  } catch (cause) {
    return refuse(exchange, cause);
  }
}

function findRoute({ head, plan, facts }: Exchange): Route {
  for (const level of plan.listeners.levels(head.hostname)) {
    for (const listener of level) {
      facts.listener = listener.name;
      const route = listener.findRoute(head);
      if (route === undefined) continue;
      facts.route = route.name;
      if (route.rule !== undefined) facts.routeRule = route.rule;
      return route;
    }
  }
  throw new GatewayError("not-found", `route not found: ${head.method} ${head.path}`, {
    code: "route_not_found",
  });
}

/** Finds out what the request means and sends it on. */
async function deliver(exchange: Exchange, route: Route): Promise<Response> {
  const { head } = exchange;
  const isPost = head.method === "POST";
  if (!isPost) checkMethod(exchange.request);
  const backend = pickBackend(route.backends, exchange.services.random);
  if (backend === undefined) {
    throw new GatewayError("no-backend", "no valid backends", { code: "no_backend" });
  }
  if (backend.type === "host") {
    const path = safePath(head.path) + head.query;
    const { upstream } = backend;
    return await passThrough(exchange, route, { upstream, credential: upstream.credential, path });
  }
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
  if (!isPost) throw methodNotAllowed(head.method, "POST");
  const received = parseJson(await readRequestBytes(exchange));
  const target = backend.type === "ai"
    ? backend.target
    : findTarget(exchange, backend, askedModel(head.path, received.json));
  return await callModel(exchange, route, target, api, received);
}

/** Requests whose bodies are not for the gateway to read, but for the model they name. */
async function handThrough(
  exchange: Exchange,
  route: Route,
  backend: AiBackend | ModelsBackend,
  isMetered: boolean,
): Promise<Response> {
  if (backend.type === "ai" && !isMetered) {
    return await passThroughTarget(exchange, route, backend.target);
  }
  const body = exchange.request.body === null ? undefined : await readRequestBytes(exchange);
  const fromPath = modelFromPath(exchange.head.path);
  if (backend.type === "ai") {
    const { target } = backend;
    const model = fromPath ?? target.model ?? await modelIn(exchange, body).catch(() => undefined);
    const tap = detectingTap(exchange, target, typeof model === "string" ? model : "");
    return await passThroughTarget(exchange, route, target, body, tap);
  }
  const model = fromPath ?? await modelIn(exchange, body);
  const target = findTarget(exchange, backend, model);
  const tap = isMetered || target.detects === true
    ? detectingTap(exchange, target, String(model))
    : undefined;
  return await passThroughTarget(exchange, route, target, body, tap);
}

function findTarget(exchange: Exchange, backend: ModelsBackend, model: unknown): Target {
  if (typeof model !== "string") throw missingModel("request");
  const target = backend.models.find(model, exchange.head);
  if (target !== undefined) return target;
  throw new GatewayError("not-found", `Model not found: ${JSON.stringify(model.slice(0, 200))}`, {
    code: "model_not_found",
    param: "model",
    reason: "DirectResponse",
  });
}

function passThroughTarget(
  exchange: Exchange,
  route: Route,
  target: Target,
  body?: Uint8Array<ArrayBuffer>,
  tap?: Tap,
): Promise<Response> {
  return passThrough(exchange, route, {
    upstream: target,
    credential: target.credential,
    path: passthroughPath(target, exchange.head),
    ...(body === undefined ? {} : { body }),
    answer: target.provider.answer,
    tap,
  });
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
