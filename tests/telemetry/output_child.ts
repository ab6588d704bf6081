import { argv, exit, stderr } from "node:process";
import { openOutput } from "../../src/telemetry/output.ts";

/** Run by a test: writes numbered lines to standard output as fast as it can, then ends. */
const output = openOutput();
const count = Number(argv[2]);
for (let i = 0; i < count; i++) {
  output.write(`${i} ${"x".repeat(i % 200)}`);
  if (i === 0) stderr.write("writing\n");
}
output.flush();
stderr.write(`lost ${output.lostLines}\n`, () => exit(0));
