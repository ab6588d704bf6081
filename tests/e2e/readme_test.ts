import assert from "node:assert/strict";
import { runGateway } from "../support/gateway.ts";
import { until } from "../support/until.ts";

const ROOT = new URL("../../", import.meta.url);

Deno.test({
  name: "the commands of the README work one after the other, as a new user types them",
  // The first command runs on while the others are tried.
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    const [start = "", test = "", chat = "", metrics = ""] = blocks("sh");
    assert.match(start, /^npx -y deno@\S+ task start\n$/);
    assert.match(test, /^npx -y deno@\S+ task test\n$/);
    await using gateway = runGateway(["-c", "config.example.yaml"]);
    await until("the gateway answers", async () => {
      assert.ok(gateway.running, [...gateway.stdout, ...gateway.stderr].join("\n"));
      return (await run("curl -s http://localhost:15021/healthz/ready")) === "ready\n";
    }, 20_000);

    const answer = JSON.parse(await run(chat));
    assert.equal(answer.object, "chat.completion");
    assert.match(answer.choices[0].message.content, /Hello/);
    assert.match(await run(metrics), /gen_ai_token_type="output".* [1-9]\d*\n/);

    const [chatProgram = "", messagesProgram = ""] = blocks("ts");
    const chatAnswer = JSON.parse(await runProgram(chatProgram));
    assert.match(chatAnswer.choices[0].message.content, /Hello/);
    const message = JSON.parse(await runProgram(messagesProgram));
    assert.match(message.content[0].text, /Hello/);
  },
});

/** The examples of the README in a language, in order. */
function blocks(language: string): string[] {
  const text = Deno.readTextFileSync(new URL("README.md", ROOT));
  const fenced = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, "gms");
  return [...text.matchAll(fenced)].map(([, block = ""]) => block);
}

/** Runs an example as it is, and gives what its `answer` is as JSON. */
async function runProgram(source: string): Promise<string> {
  const path = `${new URL("tests/e2e/", ROOT).pathname}readme_example_${crypto.randomUUID()}.ts`;
  await Deno.writeTextFile(path, `${source}\nconsole.log(JSON.stringify(answer));\n`);
  try {
    const command = new Deno.Command(Deno.execPath(), { args: ["run", "-A", "-q", path] });
    const { stdout, stderr } = await command.output();
    assert.equal(new TextDecoder().decode(stderr), "");
    return new TextDecoder().decode(stdout);
  } finally {
    await Deno.remove(path);
  }
}

async function run(command: string): Promise<string> {
  const { stdout } = await new Deno.Command("sh", { args: ["-c", command] }).output();
  return new TextDecoder().decode(stdout);
}
