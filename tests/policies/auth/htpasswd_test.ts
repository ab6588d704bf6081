import assert from "node:assert/strict";
import { parseHtpasswd } from "../../../src/policies/auth/htpasswd.ts";

const BCRYPT = "$2y$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a";
const FORMS = "use bcrypt (htpasswd -B), {SHA} or $apr1$";
const PLAIN = `must not hold a plain password, nor one of crypt: ${FORMS}`;
const FOREIGN = `has a hash that is not supported: ${FORMS}`;

/** Lines, and what is wrong with them. */
const REFUSED: Readonly<Record<string, string>> = {
  "secret": "must be user:hash",
  ":secret": "must be user:hash",
  "ada:secret": PLAIN,
  "ada:": PLAIN,
  "ada:rqXexS6ZhobKA": PLAIN,
  "ada:$5$salt$hash": FOREIGN,
  "ada:$6$salt$hash": FOREIGN,
  "ada:$1$salt$hash": FOREIGN,
  "ada:{SSHA}abc": FOREIGN,
  "ada:{SHA}abc": FOREIGN,
  "ada:$apr1$toolongsalt$0123456789012345678901": FOREIGN,
  "ada:$2y$05$short": "has a bcrypt hash that is not whole",
  [`ada:${BCRYPT.replace("05", "03")}`]: "has a bcrypt hash that is not whole",
  [`ada:${BCRYPT.replace("05", "17")}`]: "has a bcrypt hash of cost 17: at most 16 is taken",
};

Deno.test("parseHtpasswd() refuses lines and says which", () => {
  for (const [line, message] of Object.entries(REFUSED)) {
    const { users, problems } = parseHtpasswd(`# comment\n${line}\nbob:${BCRYPT}`);
    assert.deepEqual(problems, [`line 2 ${message}`], line);
    assert.deepEqual([...users.keys()], ["bob"]);
  }
});

Deno.test("parseHtpasswd() refuses a second line of one user", () => {
  const { problems } = parseHtpasswd(`ada:${BCRYPT}\nada:${BCRYPT}`);
  assert.deepEqual(problems, ["line 2 must be of a user who has no line before"]);
});

Deno.test("parseHtpasswd() takes the three kinds of bcrypt", () => {
  for (const kind of ["$2a$", "$2b$", "$2y$"]) {
    const hash = BCRYPT.replace("$2y$", kind);
    const { users, problems } = parseHtpasswd(`ada:${hash}`);
    assert.deepEqual(problems, []);
    assert.deepEqual(users.get("ada"), { type: "bcrypt", hash, cost: 5 });
  }
});
