import assert from "node:assert/strict";
import {
  createLogLevels,
  type Directives,
  parseDirectives,
} from "../../src/telemetry/log_levels.ts";

Deno.test("parseDirectives() reads levels, scopes and lists", () => {
  const expected = [["", "info"], ["proxy::httpproxy", "trace"], ["request", "off"]];
  assert.deepEqual([...directives("info,proxy::httpproxy=trace,request=off")], expected);
  assert.deepEqual([...directives(["info", "proxy::httpproxy=TRACE, request = off,"])], expected);
  assert.deepEqual([...directives("")], []);
});

Deno.test("parseDirectives() leaves out the product's name before a scope", () => {
  assert.deepEqual([...directives("agentgateway::proxy=debug")], [["proxy", "debug"]]);
});

Deno.test("parseDirectives() refuses what is no level or no scope, and names it", () => {
  const cases = { inof: '"inof"', "info,a=loud": '"a=loud"', "a b=info": '"a b"', "=info": '""' };
  for (const [text, named] of Object.entries(cases)) {
    const result = parseDirectives(text);
    assert.ok("error" in result, text);
    assert.ok(result.error.includes(named), result.error);
  }
});

Deno.test("createLogLevels() starts at info", () => {
  const levels = createLogLevels();
  assert.equal(levels.current(), "info");
  assert.equal(levels.enabled("info", "config"), true);
  assert.equal(levels.enabled("debug", "config"), false);
});

Deno.test("LogLevels lets the most specific scope win", () => {
  const levels = createLogLevels(directives("a=debug,a::b=error,warn"));
  assert.equal(levels.enabled("debug", "a"), true);
  assert.equal(levels.enabled("debug", "a::c::d"), true);
  assert.equal(levels.enabled("warn", "a::b::c"), false);
  assert.equal(levels.enabled("error", "a::b"), true);
  assert.equal(levels.enabled("info", "ab"), false);
  assert.equal(levels.enabled("warn", "ab"), true);
});

Deno.test("LogLevels silences the access log with request=off and request=warn", () => {
  for (const text of ["request=off", "info,request=warn"]) {
    assert.equal(createLogLevels(directives(text)).enabled("info", "request"), false, text);
  }
});

Deno.test("LogLevels applies the product's own name to all but the access log", () => {
  const levels = createLogLevels(directives("error,agentgateway=debug"));
  assert.equal(levels.enabled("debug", "config"), true);
  assert.equal(levels.enabled("info", "request"), false);
});

Deno.test("LogLevels adds directives over those in force and returns to the first", () => {
  const levels = createLogLevels(directives("info,a=warn"));
  assert.equal(levels.enabled("debug", "a"), false);
  levels.add(directives("a=debug,b=off"));
  assert.equal(levels.enabled("debug", "a"), true);
  assert.equal(levels.current(), "info,a=debug,b=off");
  levels.add(directives("error"));
  assert.equal(levels.current(), "error,a=debug,b=off");
  levels.reset();
  assert.equal(levels.enabled("debug", "a"), false);
  assert.equal(levels.current(), "info,a=warn");
});

function directives(text: string | readonly string[]): Directives {
  const result = parseDirectives(text);
  assert.ok(!("error" in result));
  return result;
}
