import { loadConfig } from "/work/main/src/config/load.ts";
import { formatDiagnostic } from "/work/main/src/config/diagnostic.ts";
const text = Deno.readTextFileSync(Deno.args[0]);
const r = loadConfig({ name: Deno.args[0].split("/").at(-1)!, text }, {
  get: (n) => Deno.args.slice(1).find((a) => a.startsWith(n + "="))?.slice(n.length + 1),
});
if ("diagnostics" in r) { for (const d of r.diagnostics) console.log(formatDiagnostic(d)); }
else console.log(JSON.stringify(r.config, null, 1));
