import assert from "node:assert/strict";
import { statsApp } from "../../src/admin/stats.ts";

Deno.test("statsApp() renders for what the scraper accepts, on both paths, and nothing else", async () => {
  const app = statsApp((accept) =>
    Promise.resolve({ contentType: "text/x", body: `for ${accept}` })
  );
  for (const path of ["/metrics", "/stats/prometheus"]) {
    const response = await app.request(`http://h${path}`, { headers: { accept: "a/b" } });
    assert.deepEqual([response.status, response.headers.get("content-type")], [200, "text/x"]);
    assert.equal(await response.text(), "for a/b");
    assert.equal(await (await app.request(`http://h${path}`)).text(), "for undefined");
  }
  const other = await app.request("http://h/");
  assert.deepEqual([other.status, await other.text()], [404, ""]);
});
