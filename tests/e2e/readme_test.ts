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
    const [start = "", test = "", chat = "", metrics = ""] = shellBlocks();
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
  },
});

/** The shell examples of the README, in order. */
function shellBlocks(): string[] {
  const text = Deno.readTextFileSync(new URL("README.md", ROOT));
  return [...text.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = ""]) => block);
}

async function run(command: string): Promise<string> {
  const { stdout } = await new Deno.Command("sh", { args: ["-c", command] }).output();
  return new TextDecoder().decode(stdout);
}
