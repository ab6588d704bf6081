import { compileExpression } from "../../src/cel/compile.ts";
import type { Variables } from "../../src/cel/expression.ts";
import { llmVariable, requestVariable } from "../../src/cel/variables.ts";
import type { MicroCase } from "./cases.ts";

/** Expressions of a policy, with the variables made anew for each request. */
export function celCases(): readonly MicroCase[] {
  const typical = compileExpression('request.headers["x-tier"] == "gold" && llm.inputTokens > 100');
  const body = compileExpression('json(request.body).messages.exists(m, m.content == "40")');
  const fallback = compileExpression('default(jwt.org.team, "none") + ":" + request.path');
  const source = typical.source;
  return [
    { name: "a header and a count", usMax: 20, run: () => typical.test(variables()) },
    { name: "a missing claim", usMax: 20, run: () => fallback.evaluate(variables()) },
    { name: "a loop over 50 messages of a body", run: () => body.test(variables()) },
    { name: "compiling", run: () => compileExpression(source) },
  ];
}

function variables(): Variables {
  return {
    get request() {
      return requestVariable({
        method: "POST",
        scheme: "http",
        authority: "gateway.test",
        path: "/v1/chat/completions",
        query: "",
        headers,
        body: () => messages,
      });
    },
    get llm() {
      return llmVariable({
        provider: "openai",
        requestModel: "gpt-4o",
        streaming: false,
        tokens: { input: 250 },
      });
    },
    jwt: { sub: "someone" },
  };
}

const headers = new Headers({
  "content-type": "application/json",
  "authorization": "Bearer token",
  "user-agent": "bench",
  "x-tier": "gold",
});

const messages = new TextEncoder().encode(JSON.stringify({
  messages: Array.from({ length: 50 }, (_, index) => ({ role: "user", content: `${index}` })),
}));
