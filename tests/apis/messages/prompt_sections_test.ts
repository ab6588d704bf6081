import assert from "node:assert/strict";
import type { JsonObject } from "../../../src/apis/api.ts";
import { cachePoints, type PromptCaching } from "../../../src/apis/prompt_caching.ts";
import { EVERYTHING, only } from "../prompt_caching_settings.ts";

const MARK = { cache_control: { type: "ephemeral" } };
const HOUR = { cache_control: { type: "ephemeral", ttl: "1h" } };
const text = (said: string) => ({ type: "text", text: said });
const user = (content: unknown) => ({ role: "user", content });

const CASES: readonly {
  readonly name: string;
  readonly body: JsonObject;
  readonly settings?: PromptCaching;
  readonly set: JsonObject | undefined;
}[] = [
  {
    name: "the ends of all parts",
    body: {
      tools: [{ name: "a" }, { name: "b" }],
      system: [text("s"), text("t")],
      messages: [user("u"), { role: "assistant", content: "a" }, user([text("v"), text("w")])],
    },
    set: {
      system: [text("s"), { ...text("t"), ...MARK }],
      messages: [
        user("u"),
        { role: "assistant", content: "a" },
        user([text("v"), { ...text("w"), ...MARK }]),
      ],
      tools: [{ name: "a" }, { name: "b", ...MARK }],
    },
  },
  {
    name: "texts, which become blocks",
    body: { system: "s", messages: [user("u")] },
    set: {
      system: [{ ...text("s"), ...MARK }],
      messages: [user([{ ...text("u"), ...MARK }])],
    },
  },
  {
    name: "the system alone",
    body: { system: "s", messages: [user("u")] },
    settings: only({ cacheSystem: true }),
    set: { system: [{ ...text("s"), ...MARK }] },
  },
  { name: "nothing that is not wanted", body: { system: "s" }, settings: only({}), set: undefined },
  {
    name: "nothing that is not there",
    body: { system: "", tools: [], messages: [] },
    set: undefined,
  },
  {
    name: "a message before the last",
    body: { messages: [user("u"), { role: "assistant", content: "a" }, user("v")] },
    settings: only({ cacheMessages: true, cacheMessageOffset: 1 }),
    set: {
      messages: [
        user("u"),
        { role: "assistant", content: [{ ...text("a"), ...MARK }] },
        user("v"),
      ],
    },
  },
  {
    name: "nothing before the first message",
    body: { messages: [user("u")] },
    settings: only({ cacheMessages: true, cacheMessageOffset: 1 }),
    set: undefined,
  },
  {
    name: "no thought and no empty text, but what is before them",
    body: {
      messages: [
        user([{ type: "tool_result", tool_use_id: "1", content: "r" }, text(" ")]),
        {
          role: "assistant",
          content: [{ type: "thinking", thinking: "t" }, { type: "redacted_thinking", data: "d" }],
        },
      ],
    },
    settings: only({ cacheMessages: true }),
    set: {
      messages: [
        user([{ type: "tool_result", tool_use_id: "1", content: "r", ...MARK }, text(" ")]),
        {
          role: "assistant",
          content: [{ type: "thinking", thinking: "t" }, { type: "redacted_thinking", data: "d" }],
        },
      ],
    },
  },
  {
    name: "no tool that is looked up later",
    body: { tools: [{ name: "a" }, { name: "b", defer_loading: true }] },
    settings: only({ cacheTools: true }),
    set: { tools: [{ name: "a", ...MARK }, { name: "b", defer_loading: true }] },
  },
  {
    name: "no part that a client has marked",
    body: {
      tools: [{ name: "a" }],
      system: [{ ...text("s"), ...MARK }, text("t")],
      messages: [user([{ ...text("u"), ...MARK }]), user("v")],
    },
    set: { tools: [{ name: "a", ...MARK }] },
  },
  {
    name: "no part with marks inside of results and documents",
    body: {
      messages: [
        user([{ type: "tool_result", content: [{ ...text("r"), ...MARK }] }]),
        user([{ type: "document", source: { content: [{ ...text("d"), ...MARK }] } }]),
        user("v"),
      ],
    },
    set: undefined,
  },
  {
    name: "no messages where the client has marked the request",
    body: { cache_control: { type: "ephemeral" }, system: "s", messages: [user("u")] },
    set: { system: [{ ...text("s"), ...MARK }] },
  },
  {
    name: "a mark of null, which is none",
    body: { messages: [user([{ ...text("u"), cache_control: null }])] },
    set: { messages: [user([{ ...text("u"), ...MARK }])] },
  },
  {
    name: "nothing where a client has all marks that there may be",
    body: {
      tools: [{ name: "a" }],
      system: "s",
      messages: [user([1, 2, 3, 4].map((it) => ({ ...text(`${it}`), ...MARK })))],
    },
    set: undefined,
  },
  {
    name: "the most useful part where one mark is left",
    body: {
      tools: [{ name: "a" }],
      system: "s",
      messages: [user([1, 2, 3].map((it) => ({ ...text(`${it}`), ...MARK })))],
    },
    set: { system: [{ ...text("s"), ...MARK }] },
  },
  {
    name: "nothing in front of a mark for an hour",
    body: { tools: [{ name: "a" }], system: [{ ...text("s"), ...HOUR }], messages: [user("u")] },
    set: { messages: [user([{ ...text("u"), ...MARK }])] },
  },
];

for (const { name, body, settings = EVERYTHING, set } of CASES) {
  Deno.test(`cachePoints() marks in messages ${name}`, () => {
    const before = JSON.stringify(body);
    assert.deepEqual(cachePoints("messages", body, settings, { model: "claude" })?.set, set);
    assert.equal(JSON.stringify(body), before);
  });
}
