import assert from "node:assert/strict";
import {
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEBOUNCE_MS, watchFiles } from "../../src/config/watch.ts";
import { delay, until } from "../support/until.ts";

interface Watched extends Disposable {
  readonly folder: string;
  readonly state: { changes: number; failures: string[] };
  at(name: string): string;
  follow(...names: readonly string[]): void;
}

function watched(): Watched {
  // A folder of its own above, as that is watched too, and the one for temporary files never rests.
  const above = mkdtempSync(join(tmpdir(), "watch-"));
  const folder = join(above, "folder");
  mkdirSync(folder);
  const state = { changes: 0, failures: new Array<string>() };
  const watch = watchFiles(
    () => void state.changes++,
    (error) => void state.failures.push(error.message),
  );
  const at = (name: string) => join(folder, name);
  return {
    folder,
    state,
    at,
    follow: (...names) => watch.follow(names.map(at)),
    [Symbol.dispose]() {
      watch.close();
      rmSync(above, { recursive: true });
    },
  };
}

/** Starts on a file that has been at rest, so that its own making is not seen as a change. */
async function onFile(it: Watched): Promise<void> {
  writeFileSync(it.at("config.yaml"), "1");
  await delay(20);
  it.follow("config.yaml");
  await delay(20);
}

async function oneMore(it: Watched, claim: string, change: () => void): Promise<void> {
  const before = it.state.changes;
  change();
  await until(claim, () => it.state.changes > before, 2_000);
}

Deno.test("watchFiles() sees writing, renaming over and coming back, again and again", async () => {
  using it = watched();
  await onFile(it);
  for (const round of ["a", "b"]) {
    await oneMore(it, `written ${round}`, () => writeFileSync(it.at("config.yaml"), round));
    await oneMore(it, `renamed over ${round}`, () => {
      writeFileSync(it.at("new"), round);
      renameSync(it.at("new"), it.at("config.yaml"));
    });
    await oneMore(it, `removed ${round}`, () => unlinkSync(it.at("config.yaml")));
    await oneMore(it, `back ${round}`, () => writeFileSync(it.at("config.yaml"), round));
  }
  assert.deepEqual(it.state.failures, []);
});

Deno.test("watchFiles() sees Kubernetes swap its symbolic link", async () => {
  using it = watched();
  for (const version of ["v1", "v2", "v3"]) {
    mkdirSync(it.at(version));
    writeFileSync(it.at(`${version}/config.yaml`), version);
  }
  symlinkSync("v1", it.at("..data"));
  symlinkSync("..data/config.yaml", it.at("config.yaml"));
  await delay(20);
  it.follow("config.yaml");
  for (const version of ["v2", "v3"]) {
    await delay(20);
    await oneMore(it, version, () => {
      symlinkSync(version, it.at("new"));
      renameSync(it.at("new"), it.at("..data"));
    });
    it.follow("config.yaml");
  }
});

Deno.test("watchFiles() sees a link on the way to a file swapped", async () => {
  using it = watched();
  for (const version of ["v1", "v2", "v3"]) {
    mkdirSync(it.at(`${version}/inner`), { recursive: true });
    writeFileSync(it.at(`${version}/inner/config.yaml`), version);
  }
  symlinkSync("v1", it.at("current"));
  await delay(20);
  it.follow("current/inner/config.yaml");
  for (const version of ["v2", "v3"]) {
    await delay(20);
    await oneMore(it, version, () => {
      symlinkSync(it.at(version), it.at("new"));
      renameSync(it.at("new"), it.at("current"));
    });
    const real = it.at(`${version}/inner/config.yaml`);
    await oneMore(it, `written ${version}`, () => writeFileSync(real, "x"));
  }
  assert.deepEqual(it.state.failures, []);
});

Deno.test("watchFiles() follows a folder that is made anew, again and again", async () => {
  using it = watched();
  mkdirSync(it.at("inner"));
  writeFileSync(it.at("inner/config.yaml"), "0");
  await delay(20);
  it.follow("inner/config.yaml");
  for (const round of ["1", "2"]) {
    await delay(20);
    await oneMore(it, `removed ${round}`, () => rmSync(it.at("inner"), { recursive: true }));
    await oneMore(it, `made ${round}`, () => mkdirSync(it.at("inner")));
    await oneMore(it, `written ${round}`, () => writeFileSync(it.at("inner/config.yaml"), round));
    await oneMore(it, `again ${round}`, () => writeFileSync(it.at("inner/config.yaml"), "x"));
  }
});

Deno.test("watchFiles() sees a change to the file behind a link", async () => {
  using it = watched();
  mkdirSync(it.at("elsewhere"));
  writeFileSync(it.at("elsewhere/real.yaml"), "1");
  symlinkSync("elsewhere/real.yaml", it.at("config.yaml"));
  await delay(20);
  it.follow("config.yaml");
  await delay(20);
  await oneMore(it, "written", () => writeFileSync(it.at("elsewhere/real.yaml"), "2"));
});

Deno.test("watchFiles() tells of a burst once, when it is over", async () => {
  using it = watched();
  await onFile(it);
  for (let at = 0; at < 5; at++) {
    writeFileSync(it.at("config.yaml"), String(at));
    await delay(30);
  }
  assert.equal(it.state.changes, 0);
  await until("the burst is over", () => it.state.changes === 1, 2_000);
  await delay(DEBOUNCE_MS + 100);
  assert.equal(it.state.changes, 1);
});

Deno.test("watchFiles() is not starved by a folder that never rests", async () => {
  using it = watched();
  await onFile(it);
  writeFileSync(it.at("config.yaml"), "2");
  const startMs = performance.now();
  while (it.state.changes === 0 && performance.now() - startMs < 3_000) {
    writeFileSync(it.at("noise.log"), "x");
    await delay(50);
  }
  assert.ok(performance.now() - startMs < 1_700, `${performance.now() - startMs} ms`);
});

Deno.test("watchFiles() waits for a file that is not there yet", async () => {
  using it = watched();
  it.follow("config.yaml");
  await delay(20);
  await oneMore(it, "made", () => writeFileSync(it.at("config.yaml"), "1"));
  assert.deepEqual(it.state.failures, []);
});

Deno.test("watchFiles() reports a folder that it cannot watch, and goes on", async () => {
  using it = watched();
  writeFileSync(it.at("config.yaml"), "1");
  it.follow("config.yaml", "nowhere/key");
  await until("the failure", () => it.state.failures.length === 1);
  await oneMore(it, "written", () => writeFileSync(it.at("config.yaml"), "2"));
});

Deno.test("watchFiles() leaves files alone that it no longer follows", async () => {
  using it = watched();
  mkdirSync(it.at("old"));
  writeFileSync(it.at("old/key"), "1");
  await onFile(it);
  it.follow("config.yaml", "old/key");
  await delay(20);
  it.follow("config.yaml");
  await delay(20);
  writeFileSync(it.at("old/key"), "2");
  await delay(DEBOUNCE_MS + 100);
  assert.equal(it.state.changes, 0);
});

Deno.test("close() keeps a change that is under way from being told", async () => {
  const it = watched();
  await onFile(it);
  writeFileSync(it.at("config.yaml"), "2");
  await delay(30);
  it[Symbol.dispose]();
  await delay(DEBOUNCE_MS + 100);
  assert.equal(it.state.changes, 0);
});
