/** Declares a test that is given what its suite shares. */
export type SuiteTest<Shared> = (
  claim: string,
  check: (shared: Shared) => void | Promise<void>,
) => void;

/**
 * Tests that share what is costly to start: it is made before the first test of the file and
 * disposed of after the last.
 *
 * Sockets that the shared processes keep alive between tests are no leak of a test, so that Deno's
 * sanitizers of resources and operations are off.
 */
export function suite<Shared extends AsyncDisposable>(
  start: () => Promise<Shared>,
): SuiteTest<Shared> {
  let shared: Shared | undefined;
  Deno.test.beforeAll(async () => {
    shared = await start();
  });
  Deno.test.afterAll(async () => {
    await shared?.[Symbol.asyncDispose]();
  });
  return (name, check) => {
    Deno.test({
      name,
      sanitizeOps: false,
      sanitizeResources: false,
      fn: async () => {
        if (shared === undefined) throw new Error("what the suite shares has not started");
        await check(shared);
      },
    });
  };
}
