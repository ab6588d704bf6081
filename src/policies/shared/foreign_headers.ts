/** Headers of the connection and of the body's form, which belong to one message alone. */
const OWN: ReadonlySet<string> = new Set([
  "connection",
  "content-encoding",
  "content-length",
  "date",
  "host",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/**
 * Whether a header that a service names may be put into a message: a legal one, so that it begins
 * no other, and none that the gateway writes itself. The name is in lower case.
 */
export function isForeignHeader(name: string, value: string): boolean {
  return isForeignName(name) && /^[\t\x20-\x7e\x80-\xff]*$/.test(value);
}

/** Whether a service may name such a header. */
export function isForeignName(name: string): boolean {
  return /^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(name) && !OWN.has(name);
}
