import assert from "node:assert/strict";
import { createLogger, type LogFormat } from "../../src/telemetry/log.ts";
import { createLogLevels } from "../../src/telemetry/log_levels.ts";

const NOW_MS = Date.UTC(2026, 7, 21, 10) + 590.8;
const TIME = "2026-08-21T10:00:00.590800Z";

Deno.test("createLogger() writes text in columns", () => {
  const { lines, logger } = start("text");
  logger.info("config", "loaded", { file: "config.yaml", models: 3, gone: undefined });
  logger.warn("runtime", 'port "4000" is slow');
  assert.deepEqual(lines, [
    `${TIME}\tinfo\tconfig\tloaded\tfile=config.yaml models=3`,
    `${TIME}\twarn\truntime\tport "4000" is slow`,
  ]);
});

Deno.test("createLogger() writes JSON with its keys in order", () => {
  const { lines, logger } = start("json");
  logger.error("config", "cannot load", {
    file: "a b.yaml",
    tries: 2,
    final: true,
    gone: undefined,
  });
  assert.deepEqual(lines, [
    `{"level":"error","time":"${TIME}","scope":"config","message":"cannot load",` +
    `"file":"a b.yaml","tries":2,"final":true}`,
  ]);
});

Deno.test("createLogger() keeps every message on one line", () => {
  for (const format of ["text", "json"] as const) {
    const { lines, logger } = start(format);
    logger.info("config", "first\nsecond\tthird\u2028", { field: "a\nb" });
    assert.equal(lines.length, 1);
    assert.doesNotMatch(lines.join(), /[\n\u2028]/);
  }
});

Deno.test("createLogger() asks the levels for each line", () => {
  const { lines, logger, levels } = start("text");
  logger.debug("config", "hidden");
  levels.add(new Map([["config", "debug"]]));
  logger.debug("config", "shown");
  levels.add(new Map([["config", "off"]]));
  logger.error("config", "hidden again");
  assert.deepEqual(lines, [`${TIME}\tdebug\tconfig\tshown`]);
});

function start(format: LogFormat) {
  const lines: string[] = [];
  const levels = createLogLevels();
  const write = (line: string) => void lines.push(line);
  return { lines, levels, logger: createLogger({ levels, format, write, now: () => NOW_MS }) };
}
