import { LanguageServer } from "./language_server.ts";
const t0 = performance.now();
await using server = await LanguageServer.start();
console.log("start", performance.now() - t0);
const head = `# yaml-language-server: $schema=${new URL("../../schema/config.json", import.meta.url)}\n`;
console.log(JSON.stringify(await server.open("file:///tmp/a.yaml", head + `config:
  logging:
    format: jsn
gatways: {}
llm:
  models:
  - name: x
    provider: opnai
    prams: {}
binds:
- port: 1
  listeners:
  - routes:
    - backends:
      - hst: a:1
`), null, 1));
console.log(performance.now() - t0);
const text = head + "gateways:\n  default:\n    p\nllm:\n  models:\n  - name: x\n    provider: openAI\n    par\n";
console.log(JSON.stringify(await server.open("file:///tmp/b.yaml", text)));
const c = await server.request("textDocument/completion", { textDocument: { uri: "file:///tmp/b.yaml" }, position: { line: 3, character: 5 } });
console.log(JSON.stringify(c, null, 1).slice(0, 3000));
console.log(JSON.stringify(await server.request("textDocument/hover", { textDocument: { uri: "file:///tmp/b.yaml" }, position: { line: 7, character: 5 } }), null, 1));
console.log(performance.now() - t0);
