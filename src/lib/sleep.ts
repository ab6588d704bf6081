/** Lets time pass; rejects with the signal's reason as soon as that is aborted. */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const timer = setTimeout(() => end(resolve), ms);
    const leave = () => end(() => reject(signal.reason));
    signal.addEventListener("abort", leave, { once: true });
    function end(settle: () => void) {
      clearTimeout(timer);
      signal.removeEventListener("abort", leave);
      settle();
    }
  });
}
