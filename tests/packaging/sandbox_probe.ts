/**
 * Tries what a program could want from its sandbox, and prints what it got as JSON; run by
 * `sandbox_test.ts` in the place of the gateway.
 */
const [readable = "", writable = ""] = Deno.args;

/** A variable that is set looks as if it were not. */
const HIDDEN = Symbol("hidden");

const attempts: Readonly<Record<string, () => unknown>> = {
  listen: () => Deno.listen({ hostname: "127.0.0.1", port: 0 }).close(),
  read: () => Deno.readTextFileSync(readable),
  "process variable": () => Deno.env.get("RUST_LOG"),
  "provider key": () => Deno.env.get("OPENAI_API_KEY"),
  "own variable": () => Deno.env.get("AGENTGATEWAY_ANYTHING"),
  "cloud variable": () => Deno.env.get("AWS_ACCESS_KEY_ID"),
  "other variable": () => Deno.env.get("PATH") ?? HIDDEN,
  "all variables": () => Deno.env.toObject().PATH ?? HIDDEN,
  "set variable": () => {
    Deno.env.set("PATH", "/");
    return Deno.env.get("PATH") ?? HIDDEN;
  },
  write: () => Deno.writeTextFileSync(writable, ""),
  remove: () => Deno.removeSync(readable),
  "write here": () => Deno.writeTextFileSync("sandbox_probe.txt", ""),
  run: () => new Deno.Command(Deno.execPath(), { args: ["--version"] }).outputSync(),
  ffi: () => Deno.dlopen("libc.so.6", {}),
  "host name": () => Deno.hostname(),
  "memory of the system": () => Deno.systemMemoryInfo(),
};

const outcomes: Record<string, string> = {};
for (const [name, attempt] of Object.entries(attempts)) {
  try {
    outcomes[name] = attempt() === HIDDEN ? "hidden" : "granted";
  } catch (cause) {
    outcomes[name] = cause instanceof Deno.errors.NotCapable ? "denied" : `${cause}`;
  }
}
Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify(outcomes)));
