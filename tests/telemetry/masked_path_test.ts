import assert from "node:assert/strict";
import fc from "fast-check";
import { maskedPath } from "../../src/telemetry/masked_path.ts";

Deno.test("maskedPath() keeps paths without secrets whole", () => {
  const long = `/v1/${"x".repeat(10_000)}?alt=sse&max=5&flag&empty=&key`;
  for (const path of ["/", "", "/v1/key=abc", long]) assert.equal(maskedPath(path), path);
});

Deno.test("maskedPath() masks parameters that are named like a secret", () => {
  const names = ["key", "api_key", "api-key", "apiKey", "x-api-key", "token", "access_token"];
  names.push("X-Amz-Signature", "X-Amz-Security-Token", "sig", "client_secret", "k%65y", "%key");
  for (const name of names) {
    const masked = maskedPath(`/a?x=1&${name}=S3CR3T==&y=2`);
    assert.equal(masked, `/a?x=1&${name}=***&y=2`);
  }
});

Deno.test("maskedPath() masks a secret with any separator around and inside it", () => {
  assert.equal(maskedPath("/a?alt=sse?key=S3CR3T&x=1"), "/a?alt=sse?key=***&x=1");
  assert.equal(maskedPath("/a?x=1;key=S3CR3T?S3;C&y=2"), "/a?x=1;key=***&y=2");
  assert.equal(maskedPath("/a?key=?S3CR3T"), "/a?key=***");
});

Deno.test("maskedPath() shows no secret wherever the parameter stands", () => {
  const noise = fc.string({ unit: fc.constantFrom(..."?&;=/%a1") });
  const mark = fc.constantFrom("?", "&", ";");
  fc.assert(fc.property(noise, mark, noise, noise, (before, mark, inside, after) => {
    const secret = `S3CR3T${inside.replaceAll("&", "")}S3CR3T`;
    const masked = maskedPath(`/?${before}${mark}key=${secret}&${after}`);
    assert.ok(!masked.includes("S3CR3T"), masked);
  }));
});
