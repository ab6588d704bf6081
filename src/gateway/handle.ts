import { routeType } from "../apis/route_types.ts";
import { GatewayError } from "../errors.ts";
import type { Arrival } from "../host/host.ts";
import { type ModelsBackend, pickBackend, type Target } from "../routing/backend.ts";
import type { PortPlan, Route } from "../routing/snapshot.ts";
import { type Exchange, openExchange, type Services } from "./exchange.ts";
import { forward } from "./forward.ts";
import { checkMethod, methodNotAllowed } from "./method.ts";
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
    return await passThrough(exchange, route, { upstream: backend.upstream, path });
  }
  if (backend.type === "models" && isModelList(head.path)) return listModels(exchange, backend);

  const type = backend.routeTypeOf(head.path);
  const { handling, api, errors } = routeType(type);
  exchange.errorShape = errors;
  if (handling === "passthrough") {
    if (backend.type === "ai") return await passThroughTarget(exchange, route, backend.target);
    const body = await readRequestBytes(exchange);
    const target = findTarget(exchange, backend, await modelIn(exchange, body));
    return await passThroughTarget(exchange, route, target, body);
  }
  if (handling === "models") throw noModels();
  if (api === undefined) throw notBuilt(type);
  if (!isPost) throw methodNotAllowed(head.method, "POST");
  const request = parseJson(await readRequestBytes(exchange));
  const target = backend.type === "ai"
    ? backend.target
    : findTarget(exchange, backend, request.json.model);
  return await forward(exchange, route, target, api, request);
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
): Promise<Response> {
  return passThrough(exchange, route, {
    upstream: target,
    path: passthroughPath(target, exchange.head),
    ...(body === undefined ? {} : { body }),
    answer: target.provider.answer,
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
