import { GatewayError } from "../errors.ts";
import type { Arrival } from "../host/host.ts";
import { pickBackend } from "../routing/backend.ts";
import type { PortPlan, Route } from "../routing/snapshot.ts";
import { applyAll } from "./apply.ts";
import { deliver } from "./deliver.ts";
import type { Exchange, Services } from "./exchange.ts";
import { openExchange } from "./open_exchange.ts";
import { checkMethod } from "./method.ts";
import { refuse } from "./refuse.ts";

/** Answers one request: the whole story, top to bottom. Never rejects. */
export async function handle(
  request: Request,
  arrival: Arrival,
  plan: PortPlan,
  services: Services,
): Promise<Response> {
  const exchange = openExchange(request, arrival, plan, services);
  let response: Response;
  try {
    response = await answer(exchange);
  } catch (cause) {
    response = refuse(exchange, cause);
  }
  return await complete(exchange, response);
}

async function answer(exchange: Exchange): Promise<Response> {
  const found = await findRoute(exchange);
  if (found instanceof Response) return found;
  const route = found;
  const { requestMsMax } = route.timeouts ?? {};
  if (requestMsMax !== undefined) exchange.endAfter(requestMsMax, requestTimeout);
  const reply = await applyAll(exchange, route.policies);
  const response = reply ?? await pass(exchange, route);
  route.editResponseHeaders?.(response.headers);
  return response;
}

/** The route of a request; or the answer of a policy that comes before routes. */
async function findRoute(exchange: Exchange): Promise<Route | Response> {
  const { plan, facts } = exchange;
  for (const level of plan.listeners.levels(exchange.head.hostname)) {
    for (const listener of level) {
      facts.listener = listener.name;
      const reply = await applyAll(exchange, listener.policies);
      if (reply !== undefined) return reply;
      const route = listener.findRoute(exchange.head);
      if (route === undefined) continue;
      facts.route = route.name;
      if (route.rule !== undefined) facts.routeRule = route.rule;
      return route;
    }
  }
  const { method, path } = exchange.head;
  throw new GatewayError("not-found", `route not found: ${method} ${path}`, {
    code: "route_not_found",
  });
}

/** Sends the request to a backend of the route. */
async function pass(exchange: Exchange, route: Route): Promise<Response> {
  if (exchange.head.method !== "POST") checkMethod(exchange.request);
  const backend = pickBackend(route.backends, exchange.services.random);
  if (backend === undefined) {
    throw new GatewayError("no-backend", "no valid backends", { code: "no_backend" });
  }
  return await deliver(exchange, route, backend);
}

/** The last edits of an answer; one that is wholly there ends the story of the request. */
async function complete(exchange: Exchange, response: Response): Promise<Response> {
  const isLeft = exchange.subject.leavesAnswer;
  const last = isLeft ? response : await changed(exchange, response);
  if (exchange.finishing !== undefined) exchange.settle(exchange.finishing);
  return last;
}

/** The answer as policies want it; what ends meanwhile is settled with what they made of it. */
async function changed(exchange: Exchange, response: Response): Promise<Response> {
  const { subject, facts } = exchange;
  exchange.isChanging = true;
  let last: Response;
  try {
    last = await subject.answered(response);
  } catch (cause) {
    last = unchanged(exchange, cause);
  }
  facts.status = last.status;
  exchange.isChanging = false;
  return last;
}

/** The refusal in place of an answer that cannot be changed; its own edits may fail likewise. */
function unchanged(exchange: Exchange, cause: unknown): Response {
  const ended = exchange.finishing;
  const refusal = refuse(exchange, cause);
  const isCut = exchange.finishing === "upstream-cut";
  // What policies make of an answer is no fault of its upstream.
  if (isCut && ended !== "upstream-cut") exchange.finishing = "refused";
  try {
    return exchange.subject.edited(refusal);
  } catch (again) {
    if (again !== cause) exchange.services.internalError(again);
    return refusal;
  }
}

function requestTimeout(): GatewayError {
  return new GatewayError("upstream-timeout", "request timeout", { code: "request_timeout" });
}
