/** Something took longer than it may. */
export class DeadlinePassed extends Error {
  override readonly name = "DeadlinePassed";
}

/**
 * Runs something that heeds a signal, for so long at most: then it throws `DeadlinePassed`, and
 * the reason of the outer signal when that aborts.
 */
export async function withDeadline<Value>(
  outer: AbortSignal,
  timeoutMs: number,
  run: (signal: AbortSignal) => Promise<Value>,
): Promise<Value> {
  outer.throwIfAborted();
  const controller = new AbortController();
  const late = () => controller.abort(new DeadlinePassed(`no answer within ${timeoutMs} ms`));
  const leave = () => controller.abort(outer.reason);
  const timer = setTimeout(late, timeoutMs);
  outer.addEventListener("abort", leave, { once: true });
  try {
    return await run(controller.signal);
  } catch (error) {
    throw controller.signal.aborted ? controller.signal.reason : error;
  } finally {
    clearTimeout(timer);
    outer.removeEventListener("abort", leave);
  }
}
