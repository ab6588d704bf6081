/**
 * Writes docs/matrix.md and the derived files of tests/golden from what the tests find.
 *
 * Look at what has changed before it is committed: the tests take it for right from then on.
 */
const { code } = await new Deno.Command(Deno.execPath(), {
  args: ["test", "-A", "-q", "tests/matrix", "tests/golden_test.ts"],
  cwd: new URL("../", import.meta.url),
  env: { UPDATE: "1" },
}).spawn().status;
Deno.exit(code);
