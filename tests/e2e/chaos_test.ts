/**
 * Three upstreams that fail in every way, and requests that come at a fixed rate, whatever becomes
 * of those before them.
 */
import assert from "node:assert/strict";
import { chaosUpstream, type Mode, modeOf, wordsOf } from "../support/chaos_upstream.ts";
import { Gateway } from "../support/gateway.ts";
import { delay, until } from "../support/until.ts";

const REQUESTS = 10_000;
const PER_SECOND = 300;
const NAMES = ["a", "b", "c"] as const;

/** Sooner than any of them is needed by a target that serves. */
const FIRST_TOKEN_MS = 1_500;

function configOf(port: number, upstreams: readonly number[]): string {
  const models = NAMES.map((name, index) => ({
    name,
    provider: "openai",
    params: { apiKey: "k", baseUrl: `http://127.0.0.1:${upstreams[index]}/v1` },
  }));
  const targets = NAMES.map((model, index) => ({ model, priority: index === 0 ? 0 : 1 }));
  const timeout = `${FIRST_TOKEN_MS}ms`;
  const retry = { firstTokenTimeout: timeout, perTryTimeout: timeout };
  const virtualModels = [{ name: "best", routing: { failover: { targets, retry } } }];
  return `llm: ${JSON.stringify({ port, models, virtualModels })}`;
}

interface Outcome {
  readonly name: string;
  readonly stream: boolean;
  readonly status: number;
  readonly text: string;
}

async function ask(gateway: Gateway, index: number): Promise<Outcome> {
  const name = `request-${index}`;
  const stream = index % 2 === 0;
  const response = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      model: "best",
      stream,
      messages: [{ role: "user", content: name }],
    }),
  });
  return { name, stream, status: response.status, text: await response.text() };
}

/** All requests, each at its time: one that is slow holds up no other. */
async function askAll(gateway: Gateway): Promise<Outcome[]> {
  const startedMs = performance.now();
  const outcomes: Promise<Outcome>[] = [];
  for (let index = 0; index < REQUESTS; index++) {
    const dueMs = startedMs + index * 1_000 / PER_SECOND;
    if (dueMs > performance.now()) await delay(dueMs - performance.now());
    outcomes.push(ask(gateway, index));
  }
  return await Promise.all(outcomes);
}

/** The text of an answer, and whether it came to its end. */
function contentOf(
  { stream, text }: Outcome,
): { readonly content: string; readonly whole: boolean } {
  if (!stream) return { content: JSON.parse(text).choices[0].message.content, whole: true };
  const data = text.split("\n\n").filter((event) => event.startsWith("data: "))
    .map((event) => event.slice("data: ".length));
  const content = data.filter((one) => one.startsWith("{")).map((one) =>
    JSON.parse(one).choices?.[0]?.delta?.content ?? ""
  ).join("");
  return { content, whole: data.at(-1) === "[DONE]" };
}

const COMMITS: ReadonlySet<Mode> = new Set(["serves", "resets after content"]);

const BEGINS: ReadonlySet<Mode> = new Set([
  "hides an error in a 200",
  "stalls within its stream's head",
]);

/** What is wrong with an outcome, if anything is. */
function fault(outcome: Outcome): string | undefined {
  const modes = NAMES.map((name) => modeOf(name, outcome.name));
  const canCommit = modes.some((mode) => outcome.stream ? COMMITS.has(mode) : mode === "serves");
  if (outcome.status !== 200) return canCommit ? `status ${outcome.status}` : undefined;
  const { content, whole } = contentOf(outcome);
  const wanted = wordsOf(outcome.name);
  if (whole) return content === wanted.join("") ? undefined : `answered ${content}`;
  if (!modes.includes("resets after content")) return "broke off";
  return content === wanted.slice(0, 3).join("") ? undefined : `broke off after ${content}`;
}

Deno.test("every request that any target could have served is served, once", async () => {
  const upstreams = await Promise.all(NAMES.map((name) => chaosUpstream(name)));
  await using stack = new AsyncDisposableStack();
  for (const upstream of upstreams) stack.use(upstream);
  const ports = upstreams.map(({ port }) => port);
  await using gateway = await Gateway.start({ yaml: (port = 0) => configOf(port, ports) });

  const outcomes = await askAll(gateway);
  const wrong = outcomes.flatMap((outcome) => {
    const found = fault(outcome);
    const modes = NAMES.map((name) => modeOf(name, outcome.name)).join(", ");
    return found === undefined ? [] : [`${outcome.name} (${modes}): ${found}`];
  });
  assert.deepEqual(wrong.slice(0, 10), [], `${wrong.length} outcomes are wrong`);
  const served = outcomes.filter(({ status }) => status === 200);
  assert.ok(served.length > REQUESTS * 0.85, `${served.length} of ${REQUESTS} were served`);

  const metrics = await gateway.metrics();
  assert.equal(metrics.sum("agentgateway_requests_total"), REQUESTS);
  const counted = metrics.sum("agentgateway_gen_ai_client_token_usage_count", {
    gen_ai_token_type: "output",
  });
  // A stream that a provider began and that never had content is counted, though it was refused.
  const begun = outcomes.filter(({ name, stream, status }) =>
    status !== 200 && stream && NAMES.some((upstream) => BEGINS.has(modeOf(upstream, name)))
  );
  assert.ok(served.length <= counted && counted <= served.length + begun.length, `${counted}`);
  await until(
    "every stalled connection is closed, and few are kept",
    () => upstreams.every(({ socketsOpen }) => socketsOpen < 200),
  );
});
