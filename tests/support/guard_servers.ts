/**
 * Stand-ins for the servers that guards ask. They are as strict as the documentation of the real
 * ones: what that does not have is answered with an error.
 */
import { isMapping, type Mapping } from "../../src/lib/mapping.ts";
import type { Callout, CalloutRequest } from "../../src/policies/callout.ts";
import { type Exchange, SocketHttpServer } from "./http_server.ts";

/** A stand-in that runs, and what it was asked. */
export interface GuardServer extends AsyncDisposable {
  readonly port: number;
  readonly asked: readonly Asked[];
  /** Asks it over HTTP. */
  readonly callout: Callout;
}

/** One request that it got. */
export interface Asked {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: Headers;
  readonly body: unknown;
}

/** Gives the answer to a request, or throws what is wrong with it. */
type Answer = (asked: Asked) => unknown;

/** A server that answers with JSON what a function makes of the request. */
export async function guardServer(answer: Answer): Promise<GuardServer> {
  const asked: Asked[] = [];
  const server = await SocketHttpServer.listen((exchange) => {
    const { method, target, headers, body } = exchange.request;
    try {
      if (headers.get("content-type") !== "application/json") throw new Error("no JSON");
      const question = { method, target, headers, body: JSON.parse(decoder.decode(body)) };
      asked.push(question);
      respond(exchange, 200, answer(question));
    } catch (error) {
      respond(exchange, 400, { error: String(error) });
    }
  });
  return {
    port: server.port,
    asked,
    callout: calloutTo(server.port),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** A server that does with requests what a test says. */
export async function brokenServer(handle: (exchange: Exchange) => void | Promise<void>) {
  const server = await SocketHttpServer.listen(handle);
  return {
    callout: calloutTo(server.port),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

const decoder = new TextDecoder();

function respond(exchange: Exchange, status: number, body: unknown): void {
  exchange.respond(status, { "content-type": "application/json" }, JSON.stringify(body));
}

function calloutTo(port: number): Callout {
  return ({ method, path, headers, body, signal }: CalloutRequest) =>
    fetch(`http://127.0.0.1:${port}${path}`, { method, headers, body, signal, redirect: "manual" });
}

function check(claim: boolean, what: string): asserts claim {
  if (!claim) throw new Error(`wrong: ${what}`);
}

/** An object with these members, those with `?` optional, and no others. */
function shaped(value: unknown, members: string): Mapping {
  check(isMapping(value), `${JSON.stringify(value)} is no object`);
  const wanted = members.split(" ");
  for (const name of wanted) {
    check(name.endsWith("?") || name in value, `${name} is missing`);
  }
  for (const name of Object.keys(value)) {
    check(wanted.includes(name) || wanted.includes(`${name}?`), `${name} is unknown`);
  }
  return value;
}

function text(value: unknown): string {
  check(typeof value === "string", `${JSON.stringify(value)} is no text`);
  return value;
}

function list(value: unknown): readonly unknown[] {
  check(Array.isArray(value) && value.length > 0, `${JSON.stringify(value)} is no list`);
  return value;
}

/** What a webhook is asked: whether it is a request, and each message with its role. */
export interface WebhookQuestion {
  readonly phase: "request" | "response";
  readonly messages: readonly { readonly role: string; readonly content: string }[];
}

/** A webhook that gives an action. */
export function webhookServer(judge: (question: WebhookQuestion) => unknown): Promise<GuardServer> {
  return guardServer(({ method, target, body }) => {
    check(method === "POST", method);
    const phase = target === "/response" ? "response" : "request";
    const inner = shaped(body, "body")["body"];
    const messages = phase === "request"
      ? list(shaped(inner, "messages")["messages"])
      : list(shaped(inner, "choices")["choices"]).map((one) => shaped(one, "message")["message"]);
    return {
      action: judge({
        phase,
        messages: messages.map((message) => {
          const { role, content } = shaped(message, "role content");
          return { role: text(role), content: text(content) };
        }),
      }),
    };
  });
}

/** A moderation endpoint that flags texts. */
export function moderationServer(flags: (text: string) => boolean): Promise<GuardServer> {
  return guardServer(({ method, target, body }) => {
    check(method === "POST" && target === "/v1/moderations", `${method} ${target}`);
    const { input, model } = shaped(body, "input model?");
    const results = list(input).map((one) => {
      const flagged = flags(text(one));
      return { flagged, categories: { violence: flagged }, category_scores: { violence: 0 } };
    });
    return { id: "modr-1", model: model ?? "omni-moderation-latest", results };
  });
}

/** What a guardrail makes of texts: nothing, or outputs and the actions of its findings. */
export interface GuardrailFindings {
  readonly outputs: readonly string[];
  readonly actions: readonly ("ANONYMIZED" | "BLOCKED" | "NONE")[];
}

/** A guardrail of AWS in its version 1. */
export function guardrailServer(
  id: string,
  judge: (texts: readonly string[], source: string) => GuardrailFindings | undefined,
): Promise<GuardServer> {
  return guardServer(({ method, target, body, headers }) => {
    const path = `/guardrail/${encodeURIComponent(id)}/version/1/apply`;
    check(method === "POST" && target === path, `${method} ${target}`);
    check(/^AWS4-HMAC-SHA256 /.test(headers.get("authorization") ?? ""), "no signature");
    const { source, content } = shaped(body, "source content outputScope?");
    check(source === "INPUT" || source === "OUTPUT", "source");
    const texts = list(content).map((block) =>
      text(shaped(shaped(block, "text")["text"], "text qualifiers?")["text"])
    );
    const findings = judge(texts, source);
    const usage = { topicPolicyUnits: 0, contentPolicyUnits: 1, wordPolicyUnits: 0 };
    if (findings === undefined) return { action: "NONE", outputs: [], assessments: [{}], usage };
    const piiEntities = findings.actions.map((action) => ({ action, match: "x", type: "NAME" }));
    return {
      action: "GUARDRAIL_INTERVENED",
      outputs: findings.outputs.map((output) => ({ text: output })),
      assessments: [{ sensitiveInformationPolicy: { piiEntities, regexes: [] } }],
      usage,
    };
  });
}

/** A template of Model Armor that finds something in texts. */
export function modelArmorServer(
  template: string,
  matches: (text: string) => boolean,
  invocationResult = "SUCCESS",
): Promise<GuardServer> {
  return guardServer(({ method, target, body }) => {
    check(method === "POST", method);
    const isPrompt = target === `${template}:sanitizeUserPrompt`;
    check(isPrompt || target === `${template}:sanitizeModelResponse`, target);
    const name = isPrompt ? "userPromptData" : "modelResponseData";
    const found = matches(text(shaped(shaped(body, name)[name], "text")["text"]));
    const filterMatchState = found ? "MATCH_FOUND" : "NO_MATCH_FOUND";
    const rai = {
      raiFilterResult: { executionState: "EXECUTION_SUCCESS", matchState: filterMatchState },
    };
    return { sanitizationResult: { filterMatchState, filterResults: { rai }, invocationResult } };
  });
}

/** What a Content Safety resource finds. */
export interface SafetyFindings {
  severity?(text: string): number;
  blocklisted?(text: string): boolean;
  jailbreak?(text: string): boolean;
}

/** A Content Safety resource, with its limits on the length of texts. */
export function contentSafetyServer(found: SafetyFindings): Promise<GuardServer> {
  return guardServer(({ method, target, body }) => {
    check(method === "POST", method);
    if (target === "/contentsafety/text:detectJailbreak?api-version=2024-02-15-preview") {
      const given = text(shaped(body, "text")["text"]);
      check(Array.from(given).length <= 1_000, "text is too long");
      return { jailbreakAnalysis: { detected: found.jailbreak?.(given) ?? false } };
    }
    check(target === "/contentsafety/text:analyze?api-version=2024-09-01", target);
    const members = "text blocklistNames? haltOnBlocklistHit? categories? outputType?";
    const asked = shaped(body, members);
    const given = text(asked["text"]);
    check(Array.from(given).length <= 10_000, "text is too long");
    const isHit = "blocklistNames" in asked && (found.blocklisted?.(given) ?? false);
    const categoriesAnalysis = ["Hate", "SelfHarm", "Sexual", "Violence"].map((category) => ({
      category,
      severity: category === "Violence" ? found.severity?.(given) ?? 0 : 0,
    }));
    const hit = { blocklistName: "words", blocklistItemId: "1", blocklistItemText: "x" };
    return { blocklistsMatch: isHit ? [hit] : [], categoriesAnalysis };
  });
}
