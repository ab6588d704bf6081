import { CelError } from "../expression.ts";
import { type FunctionTable, nullary } from "../engine/signature.ts";

/** Functions of chance; without a source of it they have no value. */
export function randomness(random: (() => number) | undefined): FunctionTable {
  const draw = random ?? noSource;
  return {
    functions: { random: [nullary(draw)], uuid: [nullary(() => uuid(draw))] },
    methods: {},
  };
}

function noSource(): never {
  throw new CelError("there is no randomness here");
}

/** A UUID of version 4. */
function uuid(random: () => number): string {
  const digits = Array.from({ length: 32 }, (_, place) => {
    const digit = Math.floor(random() * 16);
    if (place === 12) return "4";
    return (place === 16 ? 8 + (digit & 3) : digit).toString(16);
  }).join("");
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
