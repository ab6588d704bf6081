/**
 * A count of the gateway's own as an int of CEL, so that a quotient of two is whole as well.
 *
 * Numbers of JSON stay doubles, as CEL has it: JSON does not tell 1 from 1.0.
 */
export function wholeNumber(count: number | undefined): bigint | undefined {
  return count !== undefined && Number.isSafeInteger(count) ? BigInt(count) : undefined;
}
