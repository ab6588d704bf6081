import assert from "node:assert/strict";
import type { Block } from "../../../src/chat/block.ts";
import type { Turn } from "../../../src/chat/request.ts";
import { call, G2, G3, model, result, text, user, written } from "./turns.ts";

const image: Block = { type: "media", mediaType: "image/png", source: { data: "AAAA" } };
const IMAGE = { inlineData: { mimeType: "image/png", data: "AAAA" } };
const said = (...parts: unknown[]) => ({ role: "user", parts });
const answered = (...parts: unknown[]) => ({ role: "model", parts });
const CALL = (id: string, more = {}) => ({
  functionCall: { name: `fn_${id}`, args: { id } },
  ...more,
});
const RESULT = (id: string) => ({
  functionResponse: { name: `fn_${id}`, response: { content: `result of ${id}` } },
});
const SEAL = { api: "gemini", value: "c2ln" } as const;
const SIGNED = { thoughtSignature: "c2ln" };
const DUMMY = { thoughtSignature: "skip_thought_signature_validator" };

type Row = readonly [
  claim: string,
  turns: readonly Turn[],
  contents: readonly unknown[],
  lost?: readonly string[],
  model?: string,
];

const TABLE: readonly Row[] = [
  ["a blank for a request without turns", [], [said({ text: " " })]],
  ["a blank for a turn that says nothing", [user()], [said({ text: " " })]],
  ["an explicit empty text", [user(text(""))], [said({ text: "" })]],
  ["a blank beside an image alone", [user(image)], [said(IMAGE, { text: " " })]],
  ["an image beside text", [user(image, text("a"))], [said(IMAGE, { text: "a" })]],
  [
    "turns of one role as one, and one blank at most",
    [user(image), user(text("a")), model(text("b")), model(text("c"))],
    [said(IMAGE, { text: "a" }), answered({ text: "b" }, { text: "c" })],
  ],
  ["no empty text of the model", [model(text(""))], [said({ text: " " })]],
  [
    "a refusal as text",
    [model({ type: "refusal", text: "no" })],
    [answered({ text: "no" })],
    ["changed:refusal"],
  ],
  [
    "results in the order of the calls, alone, by their names",
    [
      model(call("a"), call("b")),
      user(result("b"), result("a"), text("go on")),
    ],
    [
      answered(CALL("a"), CALL("b")),
      said(RESULT("a"), RESULT("b")),
      said({ text: "go on" }),
    ],
  ],
  [
    "results of several turns as one entry",
    [model(call("a"), call("b")), user(result("b")), user(result("a"))],
    [answered(CALL("a"), CALL("b")), said(RESULT("a"), RESULT("b"))],
  ],
  [
    "a result of no known call",
    [user(result("x"))],
    [said({ functionResponse: { name: "", response: { content: "result of x" } } })],
  ],
  [
    "an empty result",
    [model(call("a")), user(result("a", { blocks: [] }))],
    [answered(CALL("a")), said({ functionResponse: { name: "fn_a", response: {} } })],
  ],
  [
    "a failed result",
    [model(call("a")), user(result("a", { failed: true }))],
    [
      answered(CALL("a")),
      said({ functionResponse: { name: "fn_a", response: { error: "result of a" } } }),
    ],
  ],
  [
    "arguments that are none",
    [model(call("a", { input: "{oops" }), call("b", { input: "" }), call("c", { input: "[1]" }))],
    [answered(...["a", "b", "c"].map((id) => ({ functionCall: { name: `fn_${id}`, args: {} } })))],
    ["dropped:arguments"],
  ],
  [
    "free text for a call without a schema",
    [model(call("a", { input: "SELECT", custom: true }))],
    [answered({ functionCall: { name: "fn_a", args: { input: "SELECT" } } })],
  ],
  [
    "an image in a result behind the results",
    [
      model(call("a"), call("b")),
      user(result("a", { blocks: [text("see"), image] }), result("b")),
    ],
    [
      answered(CALL("a"), CALL("b")),
      said(
        { functionResponse: { name: "fn_a", response: { content: "see" } } },
        RESULT("b"),
        IMAGE,
      ),
    ],
    ["changed:toolResultMedia"],
  ],
  [
    "an image in a result inside it, for the third generation",
    [
      model(call("a", { seal: SEAL })),
      user(result("a", { blocks: [text("see"), image] })),
    ],
    [
      answered({ functionCall: { id: "a", name: "fn_a", args: { id: "a" } }, ...SIGNED }),
      said({
        functionResponse: { id: "a", name: "fn_a", response: { content: "see" }, parts: [IMAGE] },
      }),
    ],
    [],
    G3,
  ],
  [
    "thoughts that Google sealed, in place",
    [
      model(
        { type: "reasoning", text: "hm", seal: SEAL },
        text("a"),
        { type: "reasoning", text: "", seal: SEAL },
        call("a", { seal: SEAL }),
      ),
    ],
    [
      answered(
        { text: "hm", thought: true, ...SIGNED },
        { text: "a" },
        { text: "", ...SIGNED },
        CALL("a", SIGNED),
      ),
    ],
  ],
  [
    "thoughts that bear no seal, but none that another maker sealed",
    [
      model(
        { type: "reasoning", text: "hm" },
        { type: "reasoning", text: "hm", seal: { api: "messages", value: "x" } },
        text("a"),
      ),
    ],
    [answered({ text: "hm", thought: true }, { text: "a" })],
    ["dropped:reasoningReplay"],
  ],
  [
    "a word for signatures that are missing in the third generation, on each step's first call",
    [
      model(text("t"), call("a"), call("b")),
      user(result("a"), result("b")),
      model(call("c", { seal: SEAL }), call("d")),
    ],
    [
      answered(
        { text: "t" },
        { functionCall: { id: "a", name: "fn_a", args: { id: "a" } }, ...DUMMY },
        { functionCall: { id: "b", name: "fn_b", args: { id: "b" } } },
      ),
      said(
        {
          functionResponse: { id: "a", name: "fn_a", response: { content: "result of a" } },
        },
        {
          functionResponse: { id: "b", name: "fn_b", response: { content: "result of b" } },
        },
      ),
      answered(
        { functionCall: { id: "c", name: "fn_c", args: { id: "c" } }, ...SIGNED },
        { functionCall: { id: "d", name: "fn_d", args: { id: "d" } } },
      ),
    ],
    ["changed:reasoningReplay"],
    G3,
  ],
  [
    "Google's own blocks and no others'",
    [
      model(
        { type: "native", api: "gemini", name: "executableCode", value: { executableCode: {} } },
        { type: "native", api: "messages", name: "server_tool_use", value: {} },
      ),
    ],
    [answered({ executableCode: {} })],
    ["dropped:server_tool_use"],
  ],
];

for (const [claim, turns, contents, lost = [], name = G2] of TABLE) {
  Deno.test(`writeContents() writes ${claim}`, () => {
    assert.deepEqual(written(turns, name), { contents, lost });
  });
}
