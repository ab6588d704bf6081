/**
 * Waits until a check gives a value other than `undefined` and `false`.
 *
 * A check that throws has not come true yet; its last error is the cause of the timeout's.
 */
export async function until<Value>(
  claim: string,
  check: () => Value | Promise<Value>,
  timeoutMs = 5_000,
): Promise<Exclude<Value, undefined | false>> {
  const endMs = performance.now() + timeoutMs;
  let cause: unknown;
  while (true) {
    try {
      const value = await check();
      if (isTrue(value)) return value;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    if (performance.now() > endMs) {
      throw new Error(`not within ${timeoutMs} ms: ${claim}`, { cause });
    }
    await delay(10);
  }
}

function isTrue<Value>(value: Value): value is Exclude<Value, undefined | false> {
  return value !== undefined && value !== false;
}

/** Lets time pass where passing time is what is tested. */
export function delay(delayMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delayMs));
}

/** The value, or an error that names the claim when it is not there within the time. */
export async function within<Value>(
  claim: string,
  timeoutMs: number,
  promise: Promise<Value>,
): Promise<Value> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not within ${timeoutMs} ms: ${claim}`)), timeoutMs);
  });
  return await Promise.race([promise, timeout]).finally(() => clearTimeout(timer));
}
