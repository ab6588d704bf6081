import { LanguageServer } from "./language_server.ts";
await using server = await LanguageServer.start();
const head = `# yaml-language-server: $schema=${new URL("../../schema/config.json", import.meta.url)}\n`;
const text = head + Deno.args[0].replaceAll("\\n","\n");
console.log(JSON.stringify(await server.open("file:///tmp/b.yaml", text)));
