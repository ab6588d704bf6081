import assert from "node:assert/strict";
import { ApiError, type Content, GoogleGenAI, type Part, ThinkingLevel, Type } from "@google/genai";
import { at } from "../json.ts";
import { assertNoRefusals, post, testStandIn } from "./claims.ts";
import { countedTokens, GeminiUpstream } from "./gemini_upstream.ts";
import { scripted } from "./scripts.ts";
import type { StandIn } from "./stand_in.ts";

const model = "gemini-3-pro-preview";
const tools = [{
  functionDeclarations: [{
    name: "get_weather",
    description: "The weather of a city.",
    parameters: {
      type: Type.OBJECT,
      properties: { city: { type: Type.STRING } },
      required: ["city"],
    },
  }],
}];
const thinkingConfig = { includeThoughts: true, thinkingLevel: ThinkingLevel.LOW };
const question: Content = { role: "user", parts: [{ text: "Weather in Paris and Rome?" }] };

function client(upstream: StandIn): GoogleGenAI {
  return new GoogleGenAI({ apiKey: "AIza-test", httpOptions: { baseUrl: upstream.url } });
}

function test(claim: string, check: (upstream: StandIn) => Promise<void>): void {
  testStandIn(`GeminiUpstream ${claim}`, () => GeminiUpstream.start(), check);
}

interface Said {
  readonly parts: Part[];
  readonly finish: unknown;
  readonly usage: object;
}

/** Says the conversation and gives the parts of the answer as they came. */
const sayer = (upstream: StandIn, streamed: boolean) => async (contents: Content[]) => {
  const { models } = client(upstream);
  const params = { model, contents, config: { tools, thinkingConfig } };
  const chunks = streamed
    ? await Array.fromAsync(await models.generateContentStream(params))
    : [await models.generateContent(params)];
  const parts = chunks.flatMap((chunk) => chunk.candidates?.[0]?.content?.parts ?? []);
  const last = chunks.at(-1);
  const finish = last?.candidates?.[0]?.finishReason;
  return { parts, finish, usage: Object(last?.usageMetadata) } satisfies Said;
};

function results(parts: readonly Part[]): Content {
  return {
    role: "user",
    parts: parts.flatMap(({ functionCall: call }): Part[] => {
      if (call?.name === undefined) return [];
      const output = `18 C ${JSON.stringify(call.args)}`;
      const id = call.id === undefined ? {} : { id: call.id };
      return [{ functionResponse: { ...id, name: call.name, response: { output } } }];
    }),
  };
}

function textIn(parts: readonly Part[]): string {
  return parts.flatMap(({ text, thought }) => thought ? [] : [text ?? ""]).join("");
}

for (const streamed of [false, true]) {
  const how = streamed ? "streamed" : "buffered";

  test(`runs a tool loop with thought signatures, ${how}`, async (upstream) => {
    const say = sayer(upstream, streamed);
    const first = await say([question]);
    const calls = first.parts.filter(({ functionCall }) => functionCall !== undefined);
    assert.deepEqual(calls.map(({ thoughtSignature: given }) => given !== undefined), [
      true,
      false,
    ]);
    assert.match(
      first.parts.flatMap(({ thought, text }) => thought ? [text] : []).join(""),
      /天気/,
    );
    assert.equal(first.finish, "STOP");
    const { promptTokenCount, candidatesTokenCount, thoughtsTokenCount, cachedContentTokenCount } =
      Object.assign({
        ...{ promptTokenCount: 0, candidatesTokenCount: 0 },
        ...{ thoughtsTokenCount: 0, cachedContentTokenCount: 0 },
      }, first.usage);
    assert.deepEqual(
      [promptTokenCount, candidatesTokenCount, thoughtsTokenCount, cachedContentTokenCount],
      [100, 18, 12, 40],
    );
    const replay = { role: "model", parts: first.parts };
    const second = await say([question, replay, results(first.parts)]);
    assertNoRefusals(upstream);
    assert.equal(
      textIn(second.parts),
      'Results: get_weather: 18 C {"city":"Paris"}; get_weather: 18 C {"city":"Rome"}',
    );
    const third = await say([
      ...[question, replay, results(first.parts)],
      { role: "model", parts: second.parts },
      { role: "user", parts: [{ text: "Thank you." }] },
    ]);
    assertNoRefusals(upstream);
    assert.equal(third.finish, "STOP");
  });

  test(`takes one call after the other, each signed, ${how}`, async (upstream) => {
    const say = sayer(upstream, streamed);
    const contents: Content[] = [
      { role: "user", parts: [{ text: "Weather in Paris and Rome, one by one?" }] },
    ];
    for (let round = 0; round < 2; round++) {
      const { parts } = await say(contents);
      contents.push({ role: "model", parts }, results(parts));
    }
    assert.match(textIn((await say(contents)).parts), /^Results: get_weather: 18 C .*Rome/);
    assertNoRefusals(upstream);
    const [, first] = contents;
    const stripped = first?.parts?.map(({ thoughtSignature: _, ...part }) => part) ?? [];
    const spoilt = contents.with(1, { role: "model", parts: stripped });
    await assert.rejects(say(spoilt), /missing a thought_signature/);
  });

  test(`ends an answer in each way, ${how}`, async (upstream) => {
    const ask = async (text: string, config: object) => {
      const { models } = client(upstream);
      const params = { model, contents: text, config };
      if (!streamed) return await models.generateContent(params);
      return (await Array.fromAsync(await models.generateContentStream(params))).at(-1);
    };
    const reasonOf = async (text: string, config: object) =>
      (await ask(text, config))?.candidates?.[0]?.finishReason;
    assert.equal(await reasonOf("hello", { maxOutputTokens: 3 }), "MAX_TOKENS");
    assert.equal(await reasonOf("filter", {}), "SAFETY");
    assert.equal(await reasonOf("count", { stopSequences: ["three"] }), "STOP");
    const refused = await ask("refuse", {});
    assert.equal(refused?.promptFeedback?.blockReason, "PROHIBITED_CONTENT");
    assert.equal(refused?.candidates, undefined);
  });
}

test("says what it understood", async (upstream) => {
  const made = await client(upstream).models.generateContent({
    model: "gemini-2.5-flash",
    contents: [{
      role: "user",
      parts: [{ text: "Look" }, { inlineData: { mimeType: "image/png", data: "iVBORw0KGgo=" } }],
    }],
    config: { systemInstruction: "Be brief.", temperature: 0.5 },
  });
  const { system, turns, images, sampling } = JSON.parse(made.text ?? "");
  assert.deepEqual({ system, turns, images, sampling }, {
    system: "Be brief.",
    turns: ["user: text image"],
    images: 1,
    sampling: { temperature: 0.5 },
  });
});

test("answers a schema by JSON that satisfies it", async (upstream) => {
  const responseSchema = {
    type: Type.OBJECT,
    properties: { city: { type: Type.STRING, enum: ["Rome"] }, degrees: { type: Type.INTEGER } },
  };
  const made = await client(upstream).models.generateContent({
    ...{ model, contents: "x" },
    config: { responseMimeType: "application/json", responseSchema },
  });
  assert.equal(made.text, '{"city":"Rome","degrees":7}');
});

test("counts tokens", async (upstream) => {
  const counted = await client(upstream).models.countTokens({ model, contents: "hello" });
  assert.equal(counted.totalTokens, countedTokens);
});

test("fails with every status in the API's own words", async (upstream) => {
  const statuses = {
    ...{ 400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED" },
    ...{ 404: "NOT_FOUND", 413: "INVALID_ARGUMENT", 429: "RESOURCE_EXHAUSTED" },
    ...{ 500: "INTERNAL", 503: "UNAVAILABLE", 529: "UNAVAILABLE" },
  };
  for (const [status, name] of Object.entries(statuses)) {
    const asked = client(upstream).models.generateContent({ model, contents: `fail ${status}` });
    await assert.rejects(asked, (error) => {
      assert.ok(error instanceof ApiError);
      assert.equal(String(error.status), status);
      const body: unknown = JSON.parse(error.message);
      assert.deepEqual([at(body, "error", "code"), at(body, "error", "status")], [
        Number(status),
        name,
      ]);
      return true;
    });
  }
});

test("fails and breaks off in the middle of a stream", async (upstream) => {
  const ask = async (contents: string) =>
    await Array.fromAsync(await client(upstream).models.generateContentStream({ model, contents }));
  await assert.rejects(ask("fail 503 in stream"), /UNAVAILABLE/);
  await assert.rejects(ask(scripted({ text: "A long and winding road", cutAfter: 2 })));
});

test("speaks as Vertex does, and in snake case", async (upstream) => {
  const models = `${upstream.url}/v1/projects/p-1/locations/global/publishers/google/models`;
  const auth = { authorization: "Bearer ya29.token" };
  const body = {
    system_instruction: { parts: [{ text: "Be brief." }] },
    generation_config: { max_output_tokens: 100 },
    contents: [{ role: "user", parts: [{ text: "hello" }] }],
  };
  const answered = await post(`${models}/gemini-2.5-pro:generateContent`, body, auth);
  assert.equal(at(answered.body, "usageMetadata", "trafficType"), "ON_DEMAND");
  assert.match(JSON.stringify(answered.body), /Be brief\./);
  const streamed = await post(`${models}/gemini-2.5-pro:streamGenerateContent?alt=sse`, body, auth);
  assert.match(String(streamed.body), /^data: \{.*\}\r\n\r\n/);
  const listed = await post(`${models}/gemini-2.5-pro:streamGenerateContent`, body, auth);
  assert.ok(Array.isArray(listed.body));
  const counted = await post(`${models}/gemini-2.5-pro:countTokens`, body, auth);
  assert.equal(at(counted.body, "totalBillableCharacters"), 4 * countedTokens);
  const keyed = await post(`${models}/gemini-2.5-pro:generateContent`, body, {
    "x-goog-api-key": "AIza-test",
  });
  assert.equal(at(keyed.body, "error", "status"), "UNAUTHENTICATED");
});
