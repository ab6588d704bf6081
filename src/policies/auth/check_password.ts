import { createHash, timingSafeEqual } from "node:crypto";
import { compare } from "bcryptjs";
import { GatewayError } from "../../errors.ts";
import { apr1 } from "./apr1.ts";
import { boundedCache } from "./bounded_cache.ts";
import type { PasswordHash } from "./htpasswd.ts";

/** Whether a user's password is right; at once where the same question was asked before. */
export interface PasswordChecker {
  (name: string, password: string): boolean | Promise<boolean>;
}

const REMEMBERED_MAX = 1024;
/** Wrong ones have a place of their own, so that who guesses cannot drive out the right ones. */
const WRONG_MAX = 1024;
/** bcrypt takes a tenth of a second and more of the only thread; so many may wait for it. */
const WAITING_MAX = 64;

/** Checks passwords of users; unknown users take as long as known ones. */
export function passwordChecker(users: ReadonlyMap<string, PasswordHash>): PasswordChecker {
  const right = boundedCache<true>(REMEMBERED_MAX);
  const wrong = boundedCache<true>(WRONG_MAX);
  const running = new Map<string, Promise<boolean>>();
  const bcrypt = oneAtATime();
  // Costs as much as the dearest of the others, and never fits.
  const stranger = [...users.values()].sort((left, right) => costOf(right) - costOf(left))[0];

  async function check(key: string, name: string, password: string): Promise<boolean> {
    try {
      const user = users.get(name);
      const hash = user ?? stranger;
      const fits = hash !== undefined && await matches(hash, password, bcrypt);
      const isRight = fits && user !== undefined;
      (isRight ? right : wrong).set(key, true);
      return isRight;
    } finally {
      running.delete(key);
    }
  }

  return (name, password) => {
    const key = createHash("sha256").update(`${name}:${password}`).digest("base64");
    if (right.get(key) === true) return true;
    if (wrong.get(key) === true) return false;
    const known = running.get(key);
    if (known !== undefined) return known;
    const checked = check(key, name, password);
    running.set(key, checked);
    return checked;
  };
}

function costOf(hash: PasswordHash): number {
  switch (hash.type) {
    case "bcrypt":
      return hash.cost;
    case "apr1":
      return 1;
    case "sha1":
      return 0;
  }
}

async function matches(
  hash: PasswordHash,
  password: string,
  bcrypt: OneAtATime,
): Promise<boolean> {
  switch (hash.type) {
    case "bcrypt":
      return await bcrypt(() => compare(password, hash.hash));
    case "sha1":
      return isSame(createHash("sha1").update(password).digest("base64"), hash.digest);
    case "apr1":
      return isSame(apr1(new TextEncoder().encode(password), hash.salt), hash.digest);
  }
}

/** Both are as long, and ASCII. */
function isSame(one: string, other: string): boolean {
  const encoder = new TextEncoder();
  return timingSafeEqual(encoder.encode(one), encoder.encode(other));
}

interface OneAtATime {
  (work: () => Promise<boolean>): Promise<boolean>;
}

/** Work in a row, so that requests that need none of it get their turn in between. */
function oneAtATime(): OneAtATime {
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  return async (work) => {
    if (waiting >= WAITING_MAX) {
      throw new GatewayError("unavailable", "too many passwords are being checked", {
        code: "too_many_checks",
        reason: "BasicAuth",
        headers: { "retry-after": "1" },
      });
    }
    waiting++;
    const turn = last.then(work, work);
    last = turn;
    try {
      return await turn;
    } finally {
      waiting--;
    }
  };
}
