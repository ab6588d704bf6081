/** A client for Node, whose `node:tls` keeps sessions: visits a server twice, by one session. */
import { readFileSync } from "node:fs";
import process from "node:process";
import { connect } from "node:tls";

const { port, version, certPem, keyPem } = JSON.parse(readFileSync(0, "utf8"));

function visit(session) {
  return new Promise((resolve) => {
    let answer = "";
    let kept;
    let isResumed = false;
    const socket = connect({
      host: "127.0.0.1",
      port,
      servername: "a.test",
      rejectUnauthorized: false,
      minVersion: version,
      maxVersion: version,
      cert: certPem,
      key: keyPem,
      session,
    }, () => {
      kept ??= socket.getSession();
      isResumed = socket.isSessionReused();
      socket.write("GET / HTTP/1.1\r\nhost: a.test\r\nconnection: close\r\n\r\n");
    });
    socket.on("session", (next) => kept = next);
    socket.on("data", (chunk) => answer += chunk);
    socket.on("error", () => {});
    socket.on("close", () => {
      const isServed = answer.startsWith("HTTP/1.1 200");
      resolve({ isServed, isResumed, kept });
    });
  });
}

const first = await visit(undefined);
const second = await visit(first.kept);
const told = [first, second].map(({ isServed, isResumed }) => ({ isServed, isResumed }));
process.stdout.write(JSON.stringify(told));
