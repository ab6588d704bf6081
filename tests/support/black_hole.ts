/** An address whose connection attempts are never answered. */
export interface BlackHole extends Disposable {
  readonly port: number;
}

/**
 * Listens with a queue of one, fills the queue and never accepts, so that the kernel drops every
 * further attempt to connect.
 */
export async function digBlackHole(): Promise<BlackHole> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0, tcpBacklog: 1 });
  const { port } = listener.addr;
  const connections: Deno.Conn[] = [];
  const attempts: Promise<void>[] = [];
  const controller = new AbortController();
  for (let index = 0; index < attemptsToFill; index++) {
    const options = { hostname: "127.0.0.1", port, signal: controller.signal };
    const kept = (connection: Deno.Conn) => void connections.push(connection);
    attempts.push(Deno.connect(options).then(kept, () => {}));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  if (connections.length === attemptsToFill) throw new Error("the queue does not fill up");
  return {
    port,
    [Symbol.dispose]() {
      controller.abort();
      for (const connection of connections) connection.close();
      listener.close();
    },
  };
}

const attemptsToFill = 6;
