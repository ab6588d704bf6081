import assert from "node:assert/strict";
import { anyAddress, type BindAddress, parseAddress } from "../../src/runtime/addresses.ts";
import { bind, BindError } from "../../src/runtime/bind.ts";
import { fakeHost, inUse, noFamily } from "./fake_host.ts";

const LOCALHOST: BindAddress = [[{ hostname: "127.0.0.1", port: 1 }], [{
  hostname: "::1",
  port: 1,
}]];

const PARSED: readonly [string, ReturnType<typeof parseAddress>][] = [
  ["off", "off"],
  ["unix:/run/a.sock", [[{ path: "/run/a.sock" }]]],
  ["127.0.0.1:80", [[{ hostname: "127.0.0.1", port: 80 }]]],
  ["[::1]:80", [[{ hostname: "::1", port: 80 }]]],
  ["localhost:1", LOCALHOST],
  ["0.0.0.0:65535", [[{ hostname: "0.0.0.0", port: 65_535 }]]],
  ["0.0.0.0:65536", undefined],
  ["0.0.0.0", undefined],
  [":80", undefined],
  ["::1:80", undefined],
  ["", undefined],
  ["OFF", undefined],
  ["http://localhost:80", undefined],
];

for (const [text, expected] of PARSED) {
  Deno.test(`parseAddress() reads ${JSON.stringify(text)}`, () => {
    assert.deepEqual(parseAddress(text), expected);
  });
}

const handler = () => new Response();

Deno.test("bind() binds every group, and in a group the first address that works", async () => {
  const both = fakeHost();
  assert.equal((await bind(both.host, LOCALHOST, handler, "traffic")).length, 2);
  assert.deepEqual(both.places(), ["127.0.0.1:1", "::1:1"]);
  const any = fakeHost();
  await bind(any.host, anyAddress(1, true), handler, "traffic");
  assert.deepEqual(any.places(), [":::1"]);
  const noIpv6 = fakeHost({ ":::1": noFamily() });
  await bind(noIpv6.host, anyAddress(1, true), handler, "traffic");
  assert.deepEqual(noIpv6.places(), ["0.0.0.0:1"]);
  const off = fakeHost();
  await bind(off.host, anyAddress(1, false), handler, "traffic");
  assert.deepEqual(off.places(), ["0.0.0.0:1"]);
});

Deno.test("bind() does without the second family of localhost", async () => {
  const { host, places } = fakeHost({ "::1:1": noFamily() });
  assert.equal((await bind(host, LOCALHOST, handler, "traffic")).length, 1);
  assert.deepEqual(places(), ["127.0.0.1:1"]);
});

Deno.test("bind() leaves nothing bound when the second family is taken", async () => {
  const { host, places } = fakeHost({ "::1:1": inUse() });
  await assert.rejects(bind(host, LOCALHOST, handler, "traffic"), {
    name: "BindError",
    message: "cannot listen on [::1]:1: the address is already in use",
  });
  assert.deepEqual(places(), []);
});

Deno.test("bind() does not fall back to another address where the first is taken", async () => {
  const { host, servers } = fakeHost({ ":::1": inUse() });
  await assert.rejects(bind(host, anyAddress(1, true), handler, "traffic"), BindError);
  assert.equal(servers.length, 0);
});

Deno.test("bind() names a socket and keeps the cause", async () => {
  const cause = new Error("permission denied");
  const { host } = fakeHost({ "/run/a": cause });
  await assert.rejects(bind(host, [[{ path: "/run/a" }]], handler, "traffic"), {
    message: "cannot listen on unix:/run/a: permission denied",
    cause,
  });
});
