/** Bad guards, and where a configuration is said to be bad. */
import assert from "node:assert/strict";
import { complaints } from "../checked.ts";

const GUARDS = (text: string) => `
llm:
  models: [{name: m, provider: mock}]
  policies:
    guardrails: ${text}
`;

const AT = "llm.policies.guardrails";
const KINDS = "regex, webhook, bedrockGuardrails, googleModelArmor, azureContentSafety";
const REJECTS = "regex: {action: reject, rules: [{builtin: email}]}";
const EMAIL = "regex: {rules: [{builtin: email}]}";
const BEDROCK =
  'bedrockGuardrails: {guardrailIdentifier: a, guardrailVersion: "1", region: eu-west-1}';

const TABLE: readonly [string, readonly string[]][] = [
  [`{}`, []],
  [`{streaming: Enabled, request: [{${EMAIL}}], response: [{${REJECTS}, rejection: {}}]}`, []],
  [`{request: [{${BEDROCK}, scope: [toolOutput, toolInput]}]}`, []],
  [`{request: [{webhook: {target: {host: "a:1"}}, scope: [messages, systemPrompt]}]}`, []],
  [`{streaming: enabled}`, [
    `5:29: ${AT}.streaming: expected "Disabled" or "Enabled", found "enabled" (did you mean "Enabled"?)`,
  ]],
  [`{requests: []}`, [`5:18: ${AT}.requests: unknown key "requests" (did you mean request?)`]],
  [`{request: [{}]}`, [
    `5:28: ${AT}.request[0]: must have exactly one of ${KINDS}, openAIModeration`,
  ]],
  [`{request: [{${EMAIL}, webhook: {target: {host: "a:1"}}}]}`, [
    `5:28: ${AT}.request[0]: must have exactly one of ${KINDS}, openAIModeration`,
  ]],
  [`{response: [{openAIModeration: {}}]}`, [
    `5:30: ${AT}.response[0].openAIModeration: unknown key "openAIModeration"`,
  ]],
  [`{response: [{${EMAIL}, scope: [messages]}]}`, [
    `5:66: ${AT}.response[0].scope: unknown key "scope"`,
  ]],
  [`{request: [{${EMAIL}, scope: []}]}`, [
    `5:72: ${AT}.request[0].scope: must name at least one part of the request`,
  ]],
  [`{request: [{${EMAIL}, scope: [system]}]}`, [
    `5:73: ${AT}.request[0].scope[0]: expected "systemPrompt", "messages", "toolOutput" or "toolInput", found "system"`,
  ]],
  [`{request: [{webhook: {target: {host: "a:1"}}, scope: [messages]}]}`, [
    `5:63: ${AT}.request[0].scope: only regex and bedrockGuardrails have a choice of scope`,
  ]],
  [`{request: [{${REJECTS}, rejection: {status: 99, body: 3, header: {}}}]}`, [
    `5:101: ${AT}.request[0].rejection.status: expected a whole number from 200 to 599, found 99`,
    `5:111: ${AT}.request[0].rejection.body: expected a string, found 3 (put it in quotes)`,
    `5:114: ${AT}.request[0].rejection.header: unknown key "header" (did you mean headers?)`,
  ]],
  [`{request: [{regex: {}}]}`, [`5:36: ${AT}.request[0].regex.rules: required key is missing`]],
  [`{request: [{regex: {rules: [{}]}}]}`, [
    `5:45: ${AT}.request[0].regex.rules[0]: must have exactly one of builtin, pattern`,
  ]],
  [`{request: [{regex: {action: block, rules: [{builtin: iban}]}}]}`, [
    `5:45: ${AT}.request[0].regex.action: expected "mask" or "reject", found "block"`,
    `5:70: ${AT}.request[0].regex.rules[0].builtin: expected "ssn", "creditCard", "phoneNumber", "email" or "caSin", found "iban"`,
  ]],
  [`{request: [{regex: {rules: [{pattern: "("}]}}]}`, [
    `5:55: ${AT}.request[0].regex.rules[0].pattern: must be a regular expression in RE2 syntax: missing closing )`,
  ]],
  [`{request: [{regex: {rules: [{pattern: "(?=a)"}]}}]}`, [
    `5:55: ${AT}.request[0].regex.rules[0].pattern: must be a regular expression in RE2 syntax: invalid or unsupported Perl syntax`,
  ]],
  [`{request: [{regex: {rules: [{pattern: "${"a".repeat(2_001)}"}]}}]}`, [
    `5:55: ${AT}.request[0].regex.rules[0].pattern: must not be longer than 2000 characters`,
  ]],
  [`{request: [{webhook: {}}]}`, [
    `5:38: ${AT}.request[0].webhook.target: required key is missing`,
  ]],
  [`{request: [{webhook: {target: {host: a}}}]}`, [
    `5:54: ${AT}.request[0].webhook.target.host: must be host:port`,
  ]],
  [`{request: [{webhook: {target: {host: "a:1"}, headers: {":scheme": "x"}}}]}`, [
    `5:72: ${AT}.request[0].webhook.headers[":scheme"]: must be a header name: letters, digits and -, or :path, :method, :authority`,
  ]],
  [
    `{request: [{webhook: {target: {host: "a:1"}, forwardHeaderMatches: [{name: ":path", value: {exact: a}}]}}]}`,
    [`5:92: ${AT}.request[0].webhook.forwardHeaderMatches[0].name: must be a header name: letters, digits and -`],
  ],
  [`{request: [{webhook: {target: {host: "a:1"}, failureMode: open}}]}`, [
    `5:75: ${AT}.request[0].webhook.failureMode: expected "failClosed" or "failOpen", found "open"`,
  ]],
  [
    `{request: [{bedrockGuardrails: {guardrailIdentifier: A/b, guardrailVersion: 1, region: EU}}]}`,
    [
      `5:70: ${AT}.request[0].bedrockGuardrails.guardrailIdentifier: must be the id or the ARN of a guardrail`,
      `5:93: ${AT}.request[0].bedrockGuardrails.guardrailVersion: must be DRAFT or a version number (put it in quotes)`,
      `5:104: ${AT}.request[0].bedrockGuardrails.region: must be lower-case letters, digits and -`,
    ],
  ],
  [`{request: [{googleModelArmor: {templateId: a/b, projectId: '', location: ../x}}]}`, [
    `5:60: ${AT}.request[0].googleModelArmor.templateId: must be letters, digits, - and _`,
    `5:76: ${AT}.request[0].googleModelArmor.projectId: must be the id of a Google Cloud project`,
    `5:90: ${AT}.request[0].googleModelArmor.location: must be lower-case letters, digits and -`,
  ]],
  [`{request: [{azureContentSafety: {endpoint: a/b, analyzeText: {severityThreshold: 7}}}]}`, [
    `5:60: ${AT}.request[0].azureContentSafety.endpoint: must be a host name or URL, as in name.cognitiveservices.azure.com`,
    `5:98: ${AT}.request[0].azureContentSafety.analyzeText.severityThreshold: expected a whole number from 0 to 6, found 7`,
  ]],
  [`{request: [{azureContentSafety: {endpoint: a.b, detectJailbreak: {apiVersion: v1}}}]}`, [
    `5:95: ${AT}.request[0].azureContentSafety.detectJailbreak.apiVersion: must be an API version such as 2024-09-01`,
  ]],
  [`{request: [{openAIModeration: {model: '', policies: {backendauth: {}}}}]}`, [
    `5:55: ${AT}.request[0].openAIModeration.model: must not be empty`,
    `5:70: ${AT}.request[0].openAIModeration.policies.backendauth: unknown key "backendauth" (did you mean backendAuth?)`,
  ]],
];

for (const [text, expected] of TABLE) {
  const claim = expected.length === 0 ? "holds" : "is refused";
  Deno.test(`guardrails ${text.slice(0, 90)} ${claim}`, () => {
    assert.deepEqual(complaints(GUARDS(text)), expected);
  });
}
