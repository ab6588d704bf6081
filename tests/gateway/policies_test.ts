import assert from "node:assert/strict";
import { GatewayError } from "../../src/errors.ts";
import type { Policy, Reply } from "../../src/policies/policy.ts";
import type { Consumption, Subject } from "../../src/policies/subject.ts";
import { hostTable } from "../../src/routing/hostname.ts";
import type { Route } from "../../src/routing/snapshot.ts";
import {
  aiBackend,
  ANSWER,
  chat,
  chunk,
  DONE,
  FINISH,
  gateway,
  json,
  script,
  target,
  type Upstream,
} from "./harness.ts";
import { policy, sse } from "./members.ts";
import { STREAMED } from "./streamed.ts";
import { until } from "../support/until.ts";

const reply = (status = 200): Reply => ({ status, headers: new Headers(), body: "a reply" });

const refused = () => new GatewayError("forbidden", "not you", { code: "no" });

/** A listener with policies of its own before those of its route and of its only target. */
function levels(at: Readonly<Record<"listener" | "route" | "target", readonly Policy[]>>) {
  const found: Route = {
    name: "default/route0",
    strict: false,
    backends: [{ weight: 1, backend: aiBackend({ policies: at.target }) }],
    policies: at.route,
  };
  const findRoute = (head: { path: string }) => head.path.startsWith("/v1") ? found : undefined;
  return hostTable([{
    hostnames: [],
    entry: { name: "listener0", policies: at.listener, findRoute },
  }]);
}

Deno.test("handle() applies policies before the route, of the route and of the target", async () => {
  const seen: string[] = [];
  const named = (name: string) =>
    policy(async () => {
      await Promise.resolve();
      seen.push(name);
      return undefined;
    });
  const it = gateway(() => json(), {
    listeners: levels({
      listener: [named("a"), named("b")],
      route: [named("c"), named("d")],
      target: [named("e")],
    }),
  });
  assert.equal((await it.ask(chat())).status, 200);
  assert.deepEqual(seen, ["a", "b", "c", "d", "e"]);
});

Deno.test("handle() looks for the route of a request as the listener's policies made it", async () => {
  const rewrite = policy((subject) => {
    subject.rewrite({ path: "/v1/chat/completions" });
    return undefined;
  });
  const it = gateway(() => json(), {
    listeners: levels({ listener: [rewrite], route: [], target: [] }),
  });
  const request = new Request("http://gateway.test/else", {
    method: "POST",
    body: JSON.stringify({ model: "m", messages: [] }),
  });
  assert.equal((await it.ask(request)).status, 200);
  assert.equal(it.settled[0]?.route, "default/route0");
});

for (const place of ["listener", "route", "target"] as const) {
  const later = policy(() => {
    throw new Error("applied after the end");
  });
  const none = { listener: [], route: [], target: [] };

  Deno.test(`handle() ends with the reply of a policy of the ${place}, once`, async () => {
    const it = gateway(() => json(), {
      listeners: levels({ ...none, [place]: [policy(() => reply(418)), later] }),
    });
    const response = await it.ask(chat());
    assert.deepEqual([response.status, await response.text()], [418, "a reply"]);
    const [facts] = it.settled;
    assert.deepEqual(
      [facts?.status, facts?.reason, facts?.ending, facts?.responseBytes],
      [418, "DirectResponse", "finished", 7],
    );
    assert.deepEqual([it.settled.length, it.calls.length, it.internal.length], [1, 0, 0]);
  });

  Deno.test(`handle() edits the refusal of a policy of the ${place} for its client`, async () => {
    const cors = policy((subject) => {
      subject.onAnswer(({ headers }) => headers.set("access-control-allow-origin", "*"));
      return undefined;
    });
    const refuses = policy(() => {
      throw refused();
    });
    const it = gateway(() => json(), {
      listeners: levels({ ...none, [place]: [cors, refuses, later] }),
    });
    const response = await it.ask(chat());
    assert.equal(response.status, 403);
    assert.equal(response.headers.get("access-control-allow-origin"), "*");
    assert.match(await response.text(), /not you/);
    assert.deepEqual([it.settled.length, it.settled[0]?.ending], [1, "refused"]);
  });
}

/** A route with one policy. */
const withPolicy = (apply: (subject: Subject) => void) => ({
  route: {
    policies: [policy((subject) => {
      apply(subject);
      return undefined;
    })],
  },
});

Deno.test("handle() edits heads in the order of the calls, after whole answers were changed", async () => {
  const seen: string[] = [];
  const it = gateway(
    () => json(),
    withPolicy((subject) => {
      subject.onAnswer(() => void seen.push("head 1"));
      for (const name of ["outer", "inner"]) {
        subject.onResponse((response) => {
          seen.push(name);
          return response;
        });
      }
      subject.onAnswer(() => void seen.push("head 2"));
    }),
  );
  await it.ask(chat());
  assert.deepEqual(seen, ["inner", "outer", "head 1", "head 2"]);
});

type Ending = readonly [upstream: Upstream, act: (response: Response) => Promise<unknown>];

const read = (response: Response) => response.text().catch(() => "cut");

const ENDINGS: Readonly<Record<string, Ending>> = {
  "a whole answer": [() => json(), read],
  "an upstream's error": [() => json("{}", { status: 500 }), read],
  "a failed connection": [() => Promise.reject(new TypeError("refused")), read],
  "a stream that is read": [() => sse(chunk("x"), FINISH, DONE), read],
  "a stream that breaks off": [() => sse(chunk("x")), read],
  "a stream that its client leaves": [
    () => sse(chunk("x"), FINISH, DONE),
    async (response) => await response.body?.cancel(),
  ],
};

for (const [claim, [upstream, act]] of Object.entries(ENDINGS)) {
  Deno.test(`handle() tells policies once what was consumed after ${claim}`, async () => {
    const told: Consumption[] = [];
    const it = gateway(upstream, withPolicy((subject) => subject.onSettled((it) => told.push(it))));
    await act(await it.ask(chat(STREAMED)));
    assert.deepEqual([told.length, it.settled.length], [1, 1]);
    assert.equal(told[0]?.status, it.settled[0]?.status);
    assert.equal(it.services.inFlight.size, 0);
  });
}

Deno.test("settle() reaches everybody when one who is told fails", async () => {
  const told: string[] = [];
  const it = gateway(
    () => json(),
    withPolicy((subject) => {
      subject.onSettled(() => void told.push("first"));
      subject.onSettled(() => {
        throw new Error("a fault of a policy");
      });
      subject.onSettled(() => void told.push("last"));
    }),
  );
  const response = await it.ask(chat());
  assert.deepEqual([response.status, await response.text()], [200, ANSWER]);
  assert.deepEqual(told, ["first", "last"]);
  assert.deepEqual([it.settled.length, it.internal.length], [1, 1]);
});

const EDITS: Readonly<Record<string, (answer: { status: number; headers: Headers }) => void>> = {
  "throws": () => {
    throw new Error("a fault of a policy");
  },
  "gives a status without a body": (answer) => void (answer.status = 204),
  "gives an impossible status": (answer) => void (answer.status = 42),
};

for (const [claim, edit] of Object.entries(EDITS)) {
  for (const upstream of [() => json(), () => sse(chunk("x"), FINISH, DONE)]) {
    const kind = upstream().headers.get("content-type");
    Deno.test(`handle() answers ${kind} though the edit of a head ${claim}`, async () => {
      const it = gateway(upstream, withPolicy((subject) => subject.onAnswer(edit)));
      const response = await it.ask(chat(STREAMED));
      await response.text();
      assert.equal(it.settled.length, 1);
      assert.equal(it.settled[0]?.status, response.status);
      assert.equal(it.services.inFlight.size, 0);
    });
  }
}

Deno.test("handle() closes the upstream when the answer cannot be changed", async () => {
  const upstream = script();
  const it = gateway(
    () => upstream.response(),
    withPolicy((subject) =>
      subject.onResponse(() => {
        throw new GatewayError("unavailable", "cannot change it");
      })
    ),
  );
  upstream.send(chunk("x"));
  const response = await it.ask(chat(STREAMED));
  assert.equal(response.status, 503);
  assert.match(await response.text(), /cannot change it/);
  await until("the upstream is closed", () => upstream.state.cancelled);
  assert.deepEqual([it.settled.length, it.settled[0]?.status], [1, 503]);
  assert.deepEqual(it.live.map(({ ending }) => ending), ["refused"]);
});

Deno.test("handle() settles with the status of an answer that was gathered and changed", async () => {
  for (const passes of [false, true]) {
    const it = gateway(
      () => sse(chunk("x"), FINISH, DONE),
      {
        ...withPolicy((subject) => {
          subject.onResponse(async (response) => {
            const text = await response.text();
            return new Response(text.toUpperCase(), { status: 202 });
          });
          subject.onAnswer((answer) => void (answer.status = 203));
        }),
        ...passes && { backend: { type: "host" as const, upstream: target() } },
      },
    );
    const response = await it.ask(chat(STREAMED));
    assert.deepEqual([response.status, it.settled.length], [203, 1]);
    assert.equal(it.settled[0]?.status, 203);
    assert.equal(it.settled[0]?.ending, "finished");
  }
});

Deno.test("handle() answers 502 when what is handed through breaks off while it is gathered", async () => {
  const upstream = script();
  const it = gateway(
    () => upstream.response({ "content-type": "text/plain" }),
    {
      ...withPolicy((subject) =>
        subject.onResponse(async (response) => new Response(await response.text(), response))
      ),
      backend: { type: "host", upstream: target() },
    },
  );
  upstream.send("half");
  const asked = it.ask(chat());
  await until("it is called", () => it.calls.length === 1);
  upstream.cut();
  const response = await asked;
  assert.equal(response.status, 502);
  assert.deepEqual(it.internal, []);
  assert.deepEqual(it.settled.map(({ status }) => status), [502]);
});
