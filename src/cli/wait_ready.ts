import { connect } from "node:net";
import process from "node:process";
import { parseAddress } from "../runtime/addresses.ts";

/** How long `--wait-ready` waits in all, and between two looks. */
const WAIT_MS = 30_000, PAUSE_MS = 50;

/** Waits until a gateway is ready; resolves with 0, or with 1 when it takes too long. */
export async function waitReady(address: string): Promise<number> {
  const parsed = parseAddress(address);
  const place = parsed === undefined || parsed === "off" ? undefined : parsed[0]?.[0];
  if (place === undefined) {
    process.stderr.write(`agentgateway: --wait-ready: expected ip:port, found ${address}\n`);
    return 2;
  }
  const untilMs = performance.now() + WAIT_MS;
  while (performance.now() < untilMs) {
    if (await isReady(place)) return 0;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  process.stderr.write(`agentgateway: ${address} is not ready after ${WAIT_MS / 1_000} s\n`);
  return 1;
}

/** Asks over a plain socket, which also reaches a Unix domain socket on every runtime. */
function isReady(place: { hostname: string; port: number } | { path: string }): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = "path" in place
      ? connect(place.path)
      : connect({ host: place.hostname, port: place.port });
    let answer = "";
    const end = () => {
      socket.destroy();
      resolve(/^HTTP\/1\.1 200 /.test(answer));
    };
    socket.setTimeout(1_000, end);
    socket.on("error", end);
    socket.on("close", end);
    socket.on("data", (bytes) => {
      answer += bytes.toString("latin1");
      if (answer.includes("\r\n")) end();
    });
    socket.write("GET /healthz/ready HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
  });
}
