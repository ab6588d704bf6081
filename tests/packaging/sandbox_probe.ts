/**
 * Tries what a program could want from its sandbox, and prints what it got as JSON; run by
 * `sandbox_test.ts` in the place of the gateway.
 */
const [readable = "", writable = ""] = Deno.args;

const attempts: Readonly<Record<string, () => unknown>> = {
  listen: () => Deno.listen({ hostname: "127.0.0.1", port: 0 }).close(),
  read: () => Deno.readTextFileSync(readable),
  "process variable": () => Deno.env.get("RUST_LOG"),
  "provider key": () => Deno.env.get("OPENAI_API_KEY"),
  "own variable": () => Deno.env.get("AGENTGATEWAY_ANYTHING"),
  "other variable": () => Deno.env.get("HOME"),
  "all variables": () => Deno.env.toObject(),
  "set variable": () => Deno.env.set("PATH", "/"),
  write: () => Deno.writeTextFileSync(writable, ""),
  remove: () => Deno.removeSync(readable),
  "write here": () => Deno.writeTextFileSync("sandbox_probe.txt", ""),
  run: () => new Deno.Command(Deno.execPath(), { args: ["--version"] }).outputSync(),
  ffi: () => Deno.dlopen("libc.so.6", {}),
  "system information": () => Deno.hostname(),
};

const outcomes: Record<string, string> = {};
for (const [name, attempt] of Object.entries(attempts)) {
  try {
    attempt();
    outcomes[name] = "granted";
  } catch (cause) {
    outcomes[name] = cause instanceof Deno.errors.NotCapable ? "denied" : `${cause}`;
  }
}
Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify(outcomes)));
