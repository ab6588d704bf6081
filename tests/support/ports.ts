/**
 * Finds loopback ports that are free now.
 *
 * They lie below the range from which the kernel takes the ports of outgoing connections, so that
 * none of those can take one away before it is bound.
 */
export function freePorts(count: number): number[] {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = 15_100 + Math.floor(Math.random() * 16_000);
    if (isFree(port)) ports.add(port);
  }
  return [...ports];
}

function isFree(port: number): boolean {
  try {
    Deno.listen({ hostname: "0.0.0.0", port }).close();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) return false;
    throw error;
  }
}
