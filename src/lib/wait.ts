/**
 * A time that passes once, unless it is stopped; without a length it never does. It rejects when
 * the try ends.
 */
export function startWait(ms: number | undefined, signal: AbortSignal) {
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  const timer = ms === undefined ? undefined : setTimeout(() => resolve(undefined), ms);
  const end = () => reject(signal.reason);
  if (signal.aborted) end();
  else signal.addEventListener("abort", end, { once: true });
  // Where nothing waits any more, nobody wants to know.
  promise.catch(() => {});
  return {
    over: promise,
    stop() {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
    },
  };
}
