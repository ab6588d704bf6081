/** Bodies with texts wherever one of the APIs has them, and where none does. */
import fc from "fast-check";

const word = fc.constantFrom("a", "user", "text", "{}", "");
const type = fc.constantFrom("text", "message", "reasoning", "tool_result", "document", "thing");
const role = fc.constantFrom("system", "developer", "user", "assistant", "model", "tool");

/** JSON, as tools take and give it. */
const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    word,
    fc.constantFrom(0, 4.5, -1, true, null),
    fc.array(tie("value"), { maxLength: 2 }),
    fc.dictionary(fc.constantFrom("a", "type", "__proto__", "0"), tie("value"), { maxKeys: 2 }),
  ),
})).value;

const optional = { requiredKeys: [] };
const call = fc.record({ name: word, arguments: json, args: json, input: json }, optional);
const result = fc.record({ response: json, code: word, output: word }, optional);

/** A message, an item, a block or a part: it may have the members of all of them. */
const thing = fc.letrec((tie) => {
  const things = fc.array(tie("thing"), { maxLength: 3 });
  const content = fc.oneof(word, things, tie("thing"));
  const source = fc.record({ type: fc.constantFrom("text", "content"), data: word, content });
  return {
    thing: fc.oneof(
      { maxDepth: 3, depthSize: "small" },
      word,
      fc.record({
        ...{ type, role, content, parts: things, text: word, refusal: word, title: word },
        ...{ thinking: content, signature: word, thought: fc.boolean(), thought_signature: word },
        ...{ reasoning_content: word, reasoning_details: things, reasoning_signature: word },
        ...{ summary: content, encrypted_content: word, source, stdout: word, logprobs: things },
        ...{ tool_calls: things, function: call, custom: call, function_call: call, input: json },
        ...{ functionCall: call, function_response: result, executable_code: result },
        ...{ arguments: json, output: content, results: content, action: json, code: word },
        audio: fc.record({ transcript: word, data: word }, optional),
      }, optional),
    ),
  };
}).thing;

const things = fc.array(thing, { maxLength: 3 });
const content = fc.oneof(word, things, thing);

/** A request of any chat API. */
export const anyRequest = fc.record({
  messages: things,
  system: content,
  instructions: word,
  input: content,
  contents: things,
  systemInstruction: content,
  prediction: fc.record({ content }),
  prompt: fc.record({ variables: fc.dictionary(word, content, { maxKeys: 2 }) }),
}, optional);

/** A whole answer of any of them. */
export const anyAnswer = fc.record({
  choices: fc.array(fc.record({ message: thing, logprobs: json }, optional), { maxLength: 2 }),
  content: things,
  output: things,
  candidates: fc.array(fc.record({ content: thing, logprobsResult: json }, optional), {
    maxLength: 2,
  }),
}, optional);
