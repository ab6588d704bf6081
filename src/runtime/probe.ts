import { connect } from "node:net";

/** Whether an upstream accepts a TCP connection within a time. */
export function probe(origin: string, timeoutMs: number): Promise<boolean> {
  const { hostname, port, protocol } = new URL(origin);
  const host = hostname.replace(/^\[|\]$/g, "");
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port) || (protocol === "https:" ? 443 : 80) });
    const timer = setTimeout(() => end(false), timeoutMs);
    function end(accepted: boolean): void {
      clearTimeout(timer);
      socket.destroy();
      resolve(accepted);
    }
    socket.once("connect", () => end(true));
    socket.once("error", () => end(false));
  });
}
